import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { CountedAuthorizer } from '../../../src/application/counted-authorizer.ts';
import type { HttpResponse } from '../../../src/application/ports/http.ts';
import type { Config } from '../../../src/composition/configuration/config.ts';
import { REQUEST } from '../../../src/contracts/authorizers/contract.ts';
import { AuthFailures } from '../../../src/domain/auth-failures.ts';
import { refused } from '../../../src/domain/result.ts';
import { ScriptedAuthorizer } from '../../support/scripted-authorizer.ts';
import { TestBroker } from '../../support/test-broker.ts';

const FIRST = '192.0.2.1';
const OTHER = '192.0.2.2';

let authorizer: ScriptedAuthorizer;
let broker: TestBroker;

function start(config: Partial<Config> = {}): void {
  authorizer = new ScriptedAuthorizer();
  authorizer.grant('good');
  const options = { authFailuresPerMinute: 3, allowDiscovery: true, stun: ['stun:stun.example.org'] };
  broker = new TestBroker({ ...options, ...config }, { authorizer });
}
beforeEach(() => start());

/** The status of a handshake; 101 if it was accepted. */
function connect(token: string, address = FIRST): number {
  const query = new URLSearchParams({ key: 'peerjs', id: 'ann', token }).toString();
  return broker.transport.connect({ path: '/peerjs', query, address }).refusal?.status ?? 101;
}

function get(path: string, address = FIRST): HttpResponse | undefined {
  return broker.transport.request('GET', path, { address }).answered;
}

describe('an address whose authentications fail', () => {
  it('A8: receives 429 before the handshake at the limit, and no other address does', () => {
    const statuses = ['bad', 'bad', 'bad', 'bad', 'good'].map((token) => connect(token));
    expect(statuses).toEqual([101, 101, 101, 429, 429]);
    expect(connect('good', OTHER)).toBe(101);
  });

  it('A8: may connect again in the next minute', () => {
    for (let n = 0; n < 3; n++) connect('bad');
    broker.advance(59_999);
    expect(connect('good')).toBe(429);
    broker.advance(1);
    expect(connect('good')).toBe(101);
  });

  it('A8: is logged with the limit', () => {
    for (let n = 0; n < 4; n++) connect('bad');
    expect(broker.events.at(-1)).toMatchObject({
      event: 'upgrade-refused',
      ...{ status: 429, why: 'too-many-auth-failures' },
      limit: { option: 'auth_failures_per_minute', allows: 3 },
    });
  });

  it.each(['ice', 'peers'])('A8: is counted on /%s, and refused there with retry-after', (resource) => {
    const path = `/peerjs/${resource}?id=ann&token=`;
    const statuses = ['bad', 'bad', 'bad', 'good'].map((token) => get(path + token)?.status);
    expect(statuses).toEqual([401, 401, 401, 429]);
    expect(get(`${path}good`)?.headers).toContainEqual(['retry-after', '60']);
    expect([connect('good'), get('/peerjs/id')?.status]).toEqual([429, 200]);
  });

  it('A8: is not counted while the authorizer is unreachable, nor for a realm or an id of another token', () => {
    authorizer.refuse('away', { reason: 'authorizer-unreachable' });
    authorizer.grant('others', { realms: ['red'] });
    for (let n = 0; n < 5; n++) expect([connect('away'), connect('others')]).toEqual([101, 101]);
    expect(connect('good')).toBe(101);
  });

  it('A8: is counted when the authorizer answers', () => {
    authorizer.isSlow = true;
    const connected = Array.from({ length: 5 }, () => connect('bad'));
    expect([...connected, connect('good')]).toEqual([101, 101, 101, 101, 101, 101]);
    authorizer.answerAll();
    expect(connect('good')).toBe(429);
  });

  it('A8: is counted where the authorizer needs no callback', () => {
    const authFailures = new AuthFailures({ failuresPerWindow: 2, failureWindow: 60_000 }, 0);
    const refusing = { headers: [], authorize: () => undefined, decideNow: () => refused({ reason: 'token-missing' as const }) };
    const counted = new CountedAuthorizer({ authorizer: refusing, authFailures, clock: new ManualClock() });
    for (let n = 0; n < 2; n++) expect(counted.decideNow({ ...REQUEST, address: FIRST })?.ok).toBe(false);
    expect([authFailures.waitFor(FIRST, 0), authFailures.waitFor(OTHER, 0)]).toEqual([60_000, 0]);
  });

  it('A8: is not limited with 0', () => {
    start({ authFailuresPerMinute: 0 });
    for (let n = 0; n < 50; n++) expect(connect('bad')).toBe(101);
  });
});
