import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RedisNodeBus } from '../../../src/adapters/engines/redis/bus.ts';
import { RedisPeerDirectory } from '../../../src/adapters/engines/redis/directory.ts';
import { RedisLink } from '../../../src/adapters/engines/redis/link.ts';
import { RedisMailboxStore } from '../../../src/adapters/engines/redis/mailboxes.ts';
import type { HoldOutcome } from '../../../src/application/ports/mailbox-store.ts';
import { connectionId, nodeId, realmKey, type NodeId, type PeerId, type RealmKey } from '../../../src/domain/ids.ts';
import type { NodeWord } from '../../../src/application/ports/node-bus.ts';
import type { SignalMessage } from '../../../src/domain/message.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { startRedis } from '../../support/engines/redis-server.ts';
import { ROOMY } from '../mailboxes/scene.ts';
import { engineContract } from './contract.ts';
import { LEASE, ROOM } from './shared-clauses.ts';
import { timedStore } from './timed-store.ts';

const REALMS = ['green', 'blue', 'red', 'realm 0', 'realm 1'].map(realmKey);

let server: EngineServer;
let admin: Redis;
beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
});
afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

/** An empty engine whose time stands until it is turned, and the ways of its nodes to it. */
class Shared {
  now: Millis = 1_000_000;
  readonly #links: RedisLink[] = [];

  static async start(): Promise<Shared> {
    await admin.flushall();
    return new Shared();
  }

  link(node = nodeId('here')): RedisLink {
    const link = new RedisLink(
      new Redis(server.url),
      node,
      (error) => {
        throw error;
      },
      () => this.now,
    );
    this.#links.push(link);
    return link;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close()));
  }
}

engineContract('redis', {
  async directory() {
    const shared = await Shared.start();
    const nodes = new Map<NodeId, RedisPeerDirectory>();
    return {
      node(name) {
        const settings = { realms: REALMS, lease: LEASE, concurrentLimit: 0 };
        const node = nodes.get(name) ?? new RedisPeerDirectory(shared.link(name), settings);
        nodes.set(name, node);
        return node;
      },
      elapse: async (span) => void (shared.now += span),
      dispose: () => shared.dispose(),
    };
  },

  async mailboxes(limits) {
    const shared = await Shared.start();
    const begun = shared.now;
    const link = shared.link();
    const store = new RedisMailboxStore(link, { ...limits, realms: REALMS });
    const directory = new RedisPeerDirectory(link, { realms: REALMS, lease: 1e9, concurrentLimit: 0 });
    return {
      store: timedStore(store, directory, (now) => void (shared.now = begun + now)),
      isShared: true,
      usage: () => usage(),
      dispose: () => shared.dispose(),
    };
  },

  async bus() {
    const shared = await Shared.start();
    const connections: Redis[] = [];
    return {
      node(name) {
        const ears = new Redis(server.url);
        connections.push(ears);
        return new RedisNodeBus(name, shared.link(name), ears, (fault) => {
          throw new Error(fault.why);
        });
      },
      async dispose() {
        for (const ears of connections) ears.disconnect();
        await shared.dispose();
      },
    };
  },

  async whole() {
    const shared = await Shared.start();
    const all = await Promise.all(['here', 'there', 'far'].map((name) => wholeNode(shared, nodeId(name))));
    const nodes = new Map(all.map((node) => [node.name, node]));
    return {
      node: (name) => nodes.get(name) as WholeNode,
      elapse: async (span) => void (shared.now += span),
      async dispose() {
        for (const { bus } of all) await bus.close();
      },
    };
  },
});

type WholeNode = Awaited<ReturnType<typeof wholeNode>>;

/** Once it listens. */
async function wholeNode(shared: Shared, name: NodeId) {
  const link = shared.link(name);
  const words: NodeWord[] = [];
  const bus = new RedisNodeBus(name, link, new Redis(server.url), ({ why }) => {
    throw new Error(why);
  });
  await new Promise<void>((missed) => bus.listen({ heard: (word) => void words.push(word), missed }));
  return {
    ...{ name, bus, words },
    directory: new RedisPeerDirectory(link, { realms: REALMS, lease: LEASE, concurrentLimit: ROOM }),
    mailboxes: new RedisMailboxStore(link, { ...ROOMY, realms: REALMS }),
  };
}

async function usage(): Promise<{ mailboxes: number; bytes: number }> {
  let [mailboxes, bytes] = [0, 0];
  for (const realm of REALMS) {
    mailboxes += await admin.zcard(key(realm, 'due'));
    bytes += Number((await admin.hget(key(realm, 'bytes'), '')) ?? 0);
  }
  return { mailboxes, bytes };
}

function key(realm: RealmKey, name: string): string {
  return `signalbox:{${encodeURIComponent(realm)}}:${name}`;
}

it('an engine that has forgotten its scripts learns them again; what it was asked meanwhile is done in order', async () => {
  const shared = await Shared.start();
  const store = new RedisMailboxStore(shared.link(), { ...ROOMY, realms: REALMS });
  const letter = (text: string): SignalMessage => ({
    kind: 'offer',
    from: 'ann' as PeerId,
    to: 'bob' as PeerId,
    payload: Buffer.from(text),
  });
  const put = (text: string): Promise<HoldOutcome> =>
    new Promise((resolve) => store.put(REALMS[0] as RealmKey, undefined, letter(text), 0, resolve));
  expect(await put('1')).toBe('held');
  await admin.script('FLUSH');
  expect(await Promise.all([put('2'), put('3'), put('4')])).toEqual(['held', 'held', 'held']);
  const taker = {
    realm: { key: REALMS[0] as RealmKey, node: nodeId('here') },
    id: 'bob' as PeerId,
    connection: connectionId(1, 0),
  };
  const taken = await new Promise<readonly SignalMessage[]>((resolve) => store.take(taker, resolve));
  expect(taken.map(({ payload }) => Buffer.from(payload ?? []).toString())).toEqual(['1', '2', '3', '4']);
  await shared.dispose();
});
