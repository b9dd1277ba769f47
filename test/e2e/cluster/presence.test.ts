import type { RealtimeChannel } from '@supabase/supabase-js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../support/e2e/free-port.ts';
import { CentrifugeUser } from '../../support/e2e/centrifuge-client.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { SupabaseUser } from '../../support/e2e/supabase-client.ts';
import { until } from '../../support/e2e/until.ts';
import { clusterOn, ENGINES, PATIENCE_MS } from './brokers.ts';

const OPTIONS = { dialects: ['peerjs', 'mercure', 'centrifuge', 'supabase'], mercure_open: true };
const CROWD = 16;

/** A client that tracks its key, and follows those of others. */
async function track(user: SupabaseUser, key: string): Promise<RealtimeChannel> {
  const channel = await user.join('garden', { presence: { enabled: true, key } });
  expect(await channel.track({ key })).toBe('ok');
  return channel;
}

function untilKeys(channel: RealtimeChannel, expected: readonly string[]): Promise<true> {
  const text = [...expected].sort().join();
  const keys = (): string => Object.keys(channel.presenceState()).sort().join();
  return until(PATIENCE_MS, `the keys ${text}`, () => keys() === text || undefined);
}

/** The workers of the clients, from the log. */
function openedBy({ output }: Server): unknown[] {
  const lines = output.split('\n').filter((line) => line.includes('"peer-opened"') && line.endsWith('}'));
  return lines.map((line) => (JSON.parse(line) as Readonly<Record<string, unknown>>)['worker']);
}

describe.each(ENGINES)('members at several brokers on one $engine', ({ startEngine }) => {
  const cluster = clusterOn(startEngine);
  const users: SupabaseUser[] = [];
  afterEach(async () => {
    await Promise.all(users.splice(0).map((user) => user.close()));
  });

  function user(server: Server, key: string): SupabaseUser {
    const made = new SupabaseUser(server, { params: { key } });
    users.push(made);
    return made;
  }

  it('T20: see each other over brokers with links', async () => {
    const start = async (): Promise<Server> => {
      const port = await freePort();
      return cluster.brokers.start({ ...OPTIONS, cluster_link: `http://localhost:${port}` }, { port });
    };
    const [here, there] = [await start(), await start()];
    // Lanes for peers, so that the brokers have a link.
    const [peer, other] = [await here.connectPeer('peer'), await there.connectPeer('other')];
    for (let n = 0; n < 3; n++) {
      peer.sendOffer(other.id, n);
      expect(await other.receive()).toMatchObject({ payload: n });
    }
    const bob = user(there, cluster.brokers.realm);
    const ann = await track(user(here, cluster.brokers.realm), 'ann');
    const garden = await track(bob, 'bob');
    for (const channel of [ann, garden]) await untilKeys(channel, ['ann', 'bob']);
    await bob.close();
    await untilKeys(ann, ['ann']);
  });

  it('T20, R2: see each other in a realm by pattern, also when it begins again at a broker', async () => {
    const keys = { key: [cluster.brokers.realm, 'team-*'] };
    const [here, there] = await cluster.brokers.pair({ ...OPTIONS, ...keys });
    const team = `team-${cluster.brokers.realm}`;
    const ann = user(here, team);
    await untilKeys(await track(ann, 'ann'), ['ann']);
    const bob = await track(user(there, team), 'bob');
    const stranger = await track(user(there, `${team}-2`), 'stranger');
    await untilKeys(bob, ['ann', 'bob']);
    await ann.close();
    await untilKeys(bob, ['bob']);
    const again = await track(user(here, team), 'ann');
    for (const channel of [again, bob]) await untilKeys(channel, ['ann', 'bob']);
    await untilKeys(stranger, ['stranger']);
  });
});

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('members at two workers of $name', (kind) => {
  let server: Server;
  beforeAll(async () => {
    const workers = { workers: 2, key: ['peerjs', 'team-*'], log_format: 'json', drain_timeout: 500 };
    server = await Server.start({ kind, options: { ...OPTIONS, ...workers } });
    await until(PATIENCE_MS, 'all workers to listen', () => server.output.includes('"event":"listening"') || undefined);
  });
  afterAll(() => server.stop());

  it('T20: clients of Supabase and Centrifuge see those of the other worker', async () => {
    const keys = Array.from({ length: CROWD }, (_, n) => `user ${n}`);
    const users = keys.map(() => new SupabaseUser(server));
    const channels = await Promise.all(users.map((user, n) => track(user, keys[n] ?? '')));
    for (const channel of channels) await untilKeys(channel, keys);
    await until(PATIENCE_MS, 'clients of both workers in the log', () => new Set(openedBy(server)).size === 2 || undefined);
    const lists = await Promise.all(
      keys.map(async () => {
        const user = await new CentrifugeUser(server).connect();
        const { clients } = await user.client.presence('garden');
        user.close();
        return Object.values(clients).map(({ chanInfo }) => (chanInfo as { key: string }).key);
      }),
    );
    for (const list of lists) expect(list.sort()).toEqual([...keys].sort());
    await Promise.all(users.slice(1).map((user) => user.close()));
    await untilKeys(channels[0] as RealtimeChannel, ['user 0']);
    await users[0]?.close();
  });

  it('T20, R2: clients in a realm by pattern see those of the other worker, and no others', async () => {
    const keys = Array.from({ length: CROWD }, (_, n) => `user ${n}`);
    const teams = ['team-1', 'team-2'].map((key) => keys.map(() => new SupabaseUser(server, { params: { key } })));
    for (const team of teams) {
      const channels = await Promise.all(team.map((user, n) => track(user, keys[n] ?? '')));
      for (const channel of channels) await untilKeys(channel, keys);
      await Promise.all(team.slice(1).map((user) => user.close()));
      await untilKeys(channels[0] as RealtimeChannel, ['user 0']);
    }
    for (const team of teams) await team[0]?.close();
  });
});
