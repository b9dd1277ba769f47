import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { RedisNodeBus } from '../../../src/adapters/engines/redis/bus.ts';
import { openConnection } from '../../../src/adapters/engines/redis/connection.ts';
import { RedisClusterRecords } from '../../../src/adapters/engines/redis/cluster-records.ts';
import { FormatCheck } from '../../../src/adapters/engines/redis/format-check.ts';
import { RedisPeerDirectory } from '../../../src/adapters/engines/redis/directory.ts';
import { ScriptRunner } from '../../../src/adapters/engines/redis/script-runner.ts';
import { RedisMailboxStore } from '../../../src/adapters/engines/redis/mailboxes.ts';
import { POOL } from '../../../src/adapters/engines/shared/pooled-names.ts';
import { nodeId, realmKey, type NodeId, type RealmKey } from '../../../src/domain/ids.ts';
import type { BusMessage } from '../../../src/application/ports/node-bus.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { ROOMY } from '../../../src/contracts/mailboxes/fixture.ts';
import type { EngineSubjects } from '../../../src/contracts/engines/contract.ts';
import { LEASE, ROOM } from '../../../src/contracts/engines/fixture.ts';
import { timedStore } from './timed-store.ts';

export const REALMS = [...['green', 'blue', 'red', 'realm 0', 'realm 1'].map(realmKey), POOL];

let server: EngineServer;
/** A connection of the tests themselves. */
export let admin: Redis;

/** An empty engine on a manual clock, and the connections of its nodes. */
export class Shared {
  now: Millis = 1_000_000;
  readonly #runners: ScriptRunner[] = [];

  static async start(): Promise<Shared> {
    await admin.flushall();
    return new Shared();
  }

  runner(node = nodeId('here')): ScriptRunner {
    const runner = new ScriptRunner(
      openConnection(server.url),
      node,
      (error) => {
        throw error;
      },
      () => this.now,
    );
    this.#runners.push(runner);
    return runner;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.close()));
  }
}

const SUBJECTS: EngineSubjects = {
  async directory() {
    const shared = await Shared.start();
    const nodes = new Map<NodeId, RedisPeerDirectory>();
    return {
      node(name) {
        const settings = { realms: REALMS, lease: LEASE, concurrentLimit: 0 };
        const node = nodes.get(name) ?? new RedisPeerDirectory(shared.runner(name), settings);
        nodes.set(name, node);
        return node;
      },
      elapse: async (span) => void (shared.now += span),
      dispose: () => shared.dispose(),
    };
  },

  async mailboxes(limits) {
    const shared = await Shared.start();
    const startedAt = shared.now;
    const runner = shared.runner();
    const store = new RedisMailboxStore(runner, { ...limits, realms: REALMS });
    const directory = new RedisPeerDirectory(runner, { realms: REALMS, lease: 1e9, concurrentLimit: 0 });
    return {
      store: timedStore(store, directory, (now) => void (shared.now = startedAt + now)),
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
        const subscriber = openConnection(server.url);
        connections.push(subscriber);
        return new RedisNodeBus(name, shared.runner(name), subscriber, (fault) => {
          throw new Error(fault.why);
        });
      },
      async dispose() {
        for (const subscriber of connections) subscriber.disconnect();
        await shared.dispose();
      },
    };
  },

  async records() {
    const shared = await Shared.start();
    const nodes = cached((name: NodeId) => {
      const runner = shared.runner(name);
      const realm = REALMS[0] as RealmKey;
      return {
        started: runner.started,
        records: new RedisClusterRecords(runner, { realm, onRejected: fail, onFault: fail }),
        directory: new RedisPeerDirectory(runner, { realms: REALMS, lease: LEASE, concurrentLimit: 0 }),
      };
    });
    for (const name of ['here', 'there', 'far']) await nodes(nodeId(name)).started;
    return {
      node: (name) => nodes(name).records,
      renew: (name) => new Promise((resolve) => nodes(name).directory.renewLease(name, () => resolve())),
      elapse: async (span) => void (shared.now += span),
      async forget() {
        await admin.del('signalbox:{**}:bans', 'signalbox:{**}:bansRevision');
        // A Redis that has lost its data has restarted.
        shared.now += 1;
      },
      dispose: () => shared.dispose(),
    };
  },

  async whole() {
    const shared = await Shared.start();
    const all = await Promise.all(['here', 'there', 'far'].map((name) => wholeNode(shared, nodeId(name))));
    const nodes = new Map(all.map((node) => [node.name, node]));
    const newer = shared.runner(nodeId('newer'));
    await newer.started;
    return {
      versions: {
        join: async (version) => void (await formatCheck(newer, version).run()),
        async foreignVersion(name) {
          const { formats } = nodes.get(name) as WholeNode;
          await formats.run();
          return formats.foreignVersion;
        },
      },
      node: (name) => nodes.get(name) as WholeNode,
      elapse: async (span) => void (shared.now += span),
      async dispose() {
        for (const { bus } of all) await bus.close();
        await newer.close();
      },
    };
  },
};

/** A cluster starts several processes. */
const START_TIMEOUT_MS = 60_000;

/** Engines on a Redis-compatible server that runs during the tests of the file. */
export function redisSubjects(start: () => Promise<EngineServer>): EngineSubjects {
  beforeAll(async () => {
    server = await start();
    admin = new Redis(server.url);
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });
  return SUBJECTS;
}

type WholeNode = Awaited<ReturnType<typeof wholeNode>>;

/** Resolves when the node has subscribed. */
async function wholeNode(shared: Shared, name: NodeId) {
  const runner = shared.runner(name);
  const formats = formatCheck(runner);
  const messages: BusMessage[] = [];
  const bus = new RedisNodeBus(name, runner, openConnection(server.url), ({ why }) => {
    throw new Error(why);
  });
  await new Promise<void>((onMessagesLost) => bus.listen({ onMessage: (word) => void messages.push(word), onMessagesLost }));
  return {
    ...{ name, bus, messages, formats },
    directory: new RedisPeerDirectory(runner, { realms: REALMS, lease: LEASE, concurrentLimit: ROOM }),
    mailboxes: new RedisMailboxStore(runner, { ...ROOMY, realms: REALMS }),
  };
}

function fail(fault: unknown): never {
  throw new Error(JSON.stringify(fault));
}

function cached<Value>(make: (name: NodeId) => Value): (name: NodeId) => Value {
  const known = new Map<NodeId, Value>();
  return (name) => {
    const value = known.get(name) ?? make(name);
    known.set(name, value);
    return value;
  };
}

function formatCheck(runner: ScriptRunner, version?: number): FormatCheck {
  const fail = (fault: unknown): never => {
    throw new Error(String(fault));
  };
  const options = { realms: REALMS, lease: LEASE, onLeftBehind: () => undefined, onFault: fail };
  return new FormatCheck(runner, version === undefined ? options : { ...options, version });
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
