import { expect, it } from 'vitest';
import { FixedIceServers } from '../../../src/adapters/ice-servers/fixed.ts';
import { ProviderIceServers } from '../../../src/adapters/ice-servers/provider/provider.ts';
import { TurnRestIceServers } from '../../../src/adapters/ice-servers/turn-rest.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { type Config, defaultConfig } from '../../../src/composition/configuration/config.ts';
import { hasIceServers, iceServersOf } from '../../../src/composition/ice-sources.ts';
import { realmKey } from '../../../src/domain/ids.ts';
import { FakeProvider, json } from '../../support/fake-provider.ts';

const parts = { clock: new ManualClock(), log: { record: () => undefined } };
const made = (config: Partial<Config>) => iceServersOf({ ...defaultConfig(), ...config }, parts);

it('I1: a source has STUN URLs, TURN URLs or a provider', () => {
  const none = { stun: [], turn: [], iceProvider: undefined };
  expect(hasIceServers(none)).toBe(false);
  for (const some of [{ stun: ['stun:a'] }, { turn: ['turn:a'] }, { iceProvider: 'url' } as const]) {
    expect(hasIceServers({ ...none, ...some })).toBe(true);
  }
});

it('I7, I8: a secret selects credentials for each user', () => {
  expect(made({ turn: ['turn:a'], turnSecret: ['a secret of the tests'] })).toBeInstanceOf(TurnRestIceServers);
  expect(made({ turn: ['turn:a'], turnUser: 'a', turnPassword: 'b' })).toBeInstanceOf(FixedIceServers);
});

it('I11: a provider is asked at once, and answers', async () => {
  const turn = { urls: ['turn:a'], username: 'user', credential: 'password' };
  const provider = await FakeProvider.start(json(200, { iceServers: [turn], ttl: 600 }));
  const iceServers = made({ iceProvider: 'url', iceProviderUrl: provider.base });
  expect(iceServers).toBeInstanceOf(ProviderIceServers);
  const user = { realm: realmKey('peerjs'), owner: 'ann' };
  const issued = await new Promise((resolve) => iceServers.issue(user, resolve));
  expect(issued).toMatchObject({ servers: [turn], ttl: 600 });
  expect(provider.requests).toHaveLength(1);
  await provider.stop();
});
