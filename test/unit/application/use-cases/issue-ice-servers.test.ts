import { expect, it } from 'vitest';
import { eventCounts } from '../../../../src/composition/event-counts.ts';
import { RealmLabels } from '../../../../src/application/realm-labels.ts';
import { FixedIceServers } from '../../../../src/adapters/ice-servers/fixed.ts';
import { MemoryTelemetry } from '../../../../src/adapters/telemetry/memory.ts';
import type { GrantIce, IceGrant } from '../../../../src/application/ice-grants.ts';
import type { IceServers } from '../../../../src/application/ports/ice-servers.ts';
import type { HttpOutcome } from '../../../../src/application/ports/requests.ts';
import { issueIceServers } from '../../../../src/application/use-cases/issue-ice-servers.ts';
import { Realms } from '../../../../src/domain/realms.ts';
import { HTTP_CLIENT } from '../../../support/http-client.ts';
import { LIMITS, REALM_IDENTITY } from '../../domain/session-fixture.ts';

const request = { key: 'peerjs', id: undefined, token: undefined, format: 'webrtc' } as const;
const settings = { stun: ['stun:stun.example.org'], turn: [], credentials: undefined, ttl: 60 };

function outcomeOf(grant: IceGrant, key = 'peerjs') {
  const telemetry = new MemoryTelemetry();
  const counters = { telemetry, realmLabels: new RealmLabels(['peerjs']) };
  const answers: HttpOutcome[] = [];
  const realms = new Realms(['peerjs'], REALM_IDENTITY.node, LIMITS);
  const iceServers = new FixedIceServers(settings, () => 1_800_000_000);
  const issue = issueIceServers({ realms, iceServers, grantIce: (...[, , , answer]) => answer(grant), ...counters });
  issue({ ...request, key }, (outcome) => answers.push(outcome), HTTP_CLIENT);
  return { answers, counts: eventCounts(telemetry) };
}

it('I2: issues ICE servers to a client with a grant, and counts it', () => {
  const issued = { servers: [{ urls: settings.stun }], ttl: 60, expiresAt: 1_800_000_060 };
  expect(outcomeOf({ owner: 'ann' })).toEqual({
    answers: [{ kind: 'ice-servers', issued, format: 'webrtc' }],
    counts: { 'ice-issued': 1 },
  });
});

it('I3: refuses a client without a grant, and an unknown key', () => {
  const counts = { 'ice-refused': 1 };
  expect(outcomeOf({ refusal: 'sender-unknown' })).toEqual({ answers: [{ kind: 'refusal', reason: 'sender-unknown' }], counts });
  const unknown = outcomeOf({ owner: 'ann' }, 'nobody');
  expect(unknown).toEqual({ answers: [{ kind: 'refusal', reason: 'key-unknown' }], counts });
});

it('I11: counts answers without TURN, and refuses one without any server', () => {
  for (const [servers, kind] of [
    [[{ urls: settings.stun }], 'ice-servers'],
    [[], 'refusal'],
  ] as const) {
    const answers: HttpOutcome[] = [];
    const telemetry = new MemoryTelemetry();
    const realms = new Realms(['peerjs'], REALM_IDENTITY.node, LIMITS);
    const iceServers: IceServers = {
      issue: (_, answer) => answer({ servers, ttl: 60, expiresAt: 1_800_000_060, lacksTurn: true }),
    };
    const grantIce: GrantIce = (...[, , , answer]) => answer({ owner: 'ann' });
    issueIceServers({ realms, iceServers, grantIce, telemetry, realmLabels: new RealmLabels([]) })(
      request,
      (one) => answers.push(one),
      HTTP_CLIENT,
    );
    expect(answers).toMatchObject([{ kind }]);
    expect(eventCounts(telemetry)).toEqual({ 'ice-without-turn': 1 });
  }
});
