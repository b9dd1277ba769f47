import { expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { type Config, defaultConfig } from '../../../src/composition/configuration/config.ts';
import { iceRealms, iceServersOf } from '../../../src/composition/ice-sources.ts';
import { reload } from '../../../src/composition/reload.ts';
import type { IceServer, IceServers } from '../../../src/application/ports/ice-servers.ts';
import { realmKey } from '../../../src/domain/ids.ts';
import { FakeProvider, json } from '../../support/fake-provider.ts';

const parts = { clock: new ManualClock(), log: { record: () => undefined } };
const made = (config: Partial<Config>) => iceServersOf({ ...defaultConfig(), ...config }, parts);

function credentialsOf(iceServers: IceServers): IceServer | undefined {
  let first: IceServer | undefined;
  iceServers.issue({ realm: realmKey('peerjs'), owner: 'ann' }, ({ servers }) => ([first] = servers));
  return first;
}

it('I1, I13: a realm has the ICE servers of the broker, or its own ones', () => {
  const config = { ...defaultConfig(), realms: { green: { ice: { stun: ['stun:g'] } }, blue: { ice: {} }, red: {} } };
  const served = (changed: Partial<Config>) =>
    ['peerjs', 'green', 'blue', 'red', '__proto__'].filter((key) => iceRealms({ ...config, ...changed })(key));
  expect(served({})).toEqual(['green']);
  for (const some of [{ stun: ['stun:a'] }, { turn: ['turn:a'] }, { iceProvider: 'url' } as const]) {
    expect(served(some)).toEqual(['peerjs', 'green', 'red', '__proto__']);
  }
});

it('I13: each realm receives its own ICE servers', () => {
  const iceServers = made({ stun: ['stun:a'], realms: { green: { ice: { stun: ['stun:g'] } }, blue: { ice: {} } } });
  const issued = ['peerjs', 'green', 'blue'].map((key) => {
    let urls: readonly (readonly string[])[] = [];
    iceServers.issue({ realm: realmKey(key), owner: 'ann' }, ({ servers }) => (urls = servers.map((server) => server.urls)));
    return urls;
  });
  expect(issued).toEqual([[['stun:a']], [['stun:g']], []]);
});

it('I13: the key of a realm takes precedence over a pattern', () => {
  const ice = (name: string) => ({ ice: { stun: [`stun:${name}`] } });
  const config = { realms: { 'team-*': ice('all'), 'team-1': ice('one') } };
  const keys = ['team-1', 'team-2', 'team-', 'other'];
  expect(keys.filter(iceRealms({ ...defaultConfig(), ...config }))).toEqual(['team-1', 'team-2']);
  const iceServers = made(config);
  const urls: string[] = [];
  for (const key of keys) {
    iceServers.issue({ realm: realmKey(key), owner: 'ann' }, ({ servers }) => urls.push(servers[0]?.urls[0] ?? 'none'));
  }
  expect(urls).toEqual(['stun:one', 'stun:all', 'none', 'none']);
});

it('I7, I8: a secret selects credentials for each user', () => {
  const signed = credentialsOf(made({ turn: ['turn:a'], turnSecret: ['a secret of the tests'] }));
  expect(signed?.username).toMatch(/^\d+:\S+$/);
  expect(credentialsOf(made({ turn: ['turn:a'], turnUser: 'a', turnPassword: 'b' }))).toMatchObject({
    ...{ username: 'a', credential: 'b' },
  });
});

it('I7: a reload replaces the secret', () => {
  const config = { ...defaultConfig(), turn: ['turn:a'], turnSecret: ['a secret of the tests'] };
  const iceServers = iceServersOf(config, parts);
  const before = credentialsOf(iceServers)?.credential;
  reload(config, { ...config, maxRealms: 5 });
  expect(credentialsOf(iceServers)?.credential).toBe(before);
  reload(config, { ...config, turnSecret: ['another secret of the tests'] });
  expect(credentialsOf(iceServers)?.credential).not.toBe(before);
});

it('I11: a provider is asked at once, and answers', async () => {
  const turn = { urls: ['turn:a'], username: 'user', credential: 'password' };
  const provider = await FakeProvider.start(json(200, { iceServers: [turn], ttl: 600 }));
  const iceServers = made({ iceProvider: 'url', iceProviderUrl: provider.base });
  const user = { realm: realmKey('peerjs'), owner: 'ann' };
  const issued = await new Promise((resolve) => iceServers.issue(user, resolve));
  expect(issued).toMatchObject({ servers: [turn], ttl: 600 });
  expect(provider.requests).toHaveLength(1);
  await provider.stop();
});
