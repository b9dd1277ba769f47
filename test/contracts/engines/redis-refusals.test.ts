import { Redis } from 'ioredis';
import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RedisNodeBus } from '../../../src/adapters/engines/redis/bus.ts';
import { openConnection } from '../../../src/adapters/engines/redis/connection.ts';
import { RedisPeerDirectory } from '../../../src/adapters/engines/redis/directory.ts';
import { ScriptRunner } from '../../../src/adapters/engines/redis/script-runner.ts';
import { RedisMailboxStore } from '../../../src/adapters/engines/redis/mailboxes.ts';
import { SCRIPTS } from '../../../src/adapters/engines/redis/scripts.ts';
import { connectionId, nodeId, realmKey, type NodeId, type PeerId } from '../../../src/domain/ids.ts';
import { Token } from '../../../src/domain/token.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { startRedis } from '../../support/engines/redis-server.ts';
import { until } from '../../support/e2e/until.ts';
import { ROOMY } from '../../../src/contracts/mailboxes/fixture.ts';

const GREEN = realmKey('green');
const PATIENCE_MS = 40_000;
const LEASE: Millis = 1_000;
/** More than one step of a scan checks. */
const MANY = 1_200;

/** The Redis adapters of one node. */
class Node {
  readonly name: NodeId;
  readonly runner: ScriptRunner;
  readonly faults: unknown[] = [];
  readonly directory: RedisPeerDirectory;
  readonly mailboxes: RedisMailboxStore;

  constructor(url: string, name: string, concurrentLimit = 0, time: () => Millis | '' = () => '') {
    this.name = nodeId(name);
    this.runner = new ScriptRunner(openConnection(url), this.name, (error) => void this.faults.push(error), time);
    this.directory = new RedisPeerDirectory(this.runner, { realms: [GREEN], lease: LEASE, concurrentLimit });
    this.mailboxes = new RedisMailboxStore(this.runner, { ...ROOMY, realms: [GREEN] });
  }

  claim(id: string): Promise<string> {
    return new Promise((resolve) => this.directory.claim(this.#of(id), resolve));
  }

  take(id: string): Promise<string[]> {
    return new Promise((resolve) =>
      this.mailboxes.take(this.#of(id), (messages) => resolve(messages.map(({ payload }) => String(payload)))),
    );
  }

  put(text: string): Promise<string> {
    const message = { kind: 'offer', from: 'ann' as PeerId, to: 'bob' as PeerId, payload: Buffer.from(text) } as const;
    return new Promise((resolve) => this.mailboxes.put(GREEN, undefined, message, 0, resolve));
  }

  keep(): Promise<string> {
    return new Promise((resolve) => this.directory.renewLease(this.name, resolve));
  }

  present(): Promise<readonly string[]> {
    return new Promise((resolve) => this.directory.present(GREEN, resolve));
  }

  #of(id: string) {
    const realm = { key: GREEN, node: this.name };
    return { realm, id: id as PeerId, token: new Token(`of ${id}`), connection: connectionId(1, 0) };
  }
}

describe('a Redis that rejects writes', () => {
  let server: EngineServer;
  let admin: Redis;
  let nodes: Node[];
  beforeAll(async () => {
    server = await startRedis();
    admin = new Redis(server.url);
  });
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await admin.flushall();
    nodes = [];
  });
  afterEach(async () => {
    await Promise.all(nodes.map(({ runner }) => runner.close()));
  });

  const node = (name: string, concurrentLimit = 0, time: () => Millis | '' = () => ''): Node => {
    const made = new Node(server.url, name, concurrentLimit, time);
    nodes.push(made);
    return made;
  };
  const isReady = (one: Node, ready: boolean): Promise<true> =>
    until(PATIENCE_MS, `the runner to be ${ready ? 'ready' : 'unready'}`, () => one.runner.isReady === ready || undefined);

  it('out of memory: is not ready, renews leases, returns mailboxes, and reports the error once', async () => {
    const here = node('here');
    await here.runner.started;
    const changes: (Error | undefined)[] = [];
    here.runner.onWriteErrorChange((refusal) => changes.push(refusal));
    expect([await here.keep(), await here.put('before')]).toEqual(['unknown', 'held']);
    await admin.config('SET', 'maxmemory', '1');
    expect([await here.put('refused'), await here.put('also refused')]).toEqual(['full', 'full']);
    expect(here.runner.isReady).toBe(false);
    expect([await here.keep(), await here.take('bob')]).toEqual(['kept', ['before']]);
    await admin.config('SET', 'maxmemory', '0');
    await isReady(here, true);
    expect(await here.put('after')).toBe('held');
    expect(changes.map((refusal) => refusal?.message.slice(0, 3))).toEqual(['OOM', undefined]);
    expect(here.faults).toEqual([]);
  });

  it('out of memory: is detected by an idle broker', async () => {
    const here = node('here');
    await here.runner.started;
    await admin.config('SET', 'maxmemory', '1');
    await isReady(here, false);
    await admin.config('SET', 'maxmemory', '0');
    await isReady(here, true);
  });

  it('without replicas: is not ready, and runs the waiting commands in order afterwards', async () => {
    const here = node('here');
    await here.runner.started;
    await admin.config('SET', 'min-replicas-to-write', '1');
    const all = ['1', '2', '3'].map((text) => here.put(text));
    await isReady(here, false);
    const late = node('late');
    const claimed = late.claim('ann');
    await admin.config('SET', 'min-replicas-to-write', '0');
    expect(await Promise.all(all)).toEqual(['held', 'held', 'held']);
    expect(await here.take('bob')).toEqual(['1', '2', '3']);
    expect(await claimed).toBe('granted');
    await isReady(here, true);
    expect(here.faults).toEqual([]);
  });

  it('as a replica: is not ready', async () => {
    const here = node('here');
    await here.runner.started;
    await admin.call('REPLICAOF', '127.0.0.1', '1');
    await isReady(here, false);
    await admin.call('REPLICAOF', 'NO', 'ONE');
    await isReady(here, true);
  });

  it('H4: lists the peers of a realm in steps, each once', async () => {
    const here = node('here');
    await Promise.all(Array.from({ length: MANY }, (_, n) => here.claim(`peer ${n}`)));
    const ids = await here.present();
    expect([ids.length, new Set(ids).size]).toEqual([MANY, MANY]);
  });

  it('O6: counts the peers of live nodes, and removes the claims of a dead node in steps', async () => {
    let now: Millis = 1_000_000;
    const [dead, here] = [node('dead', MANY, () => now), node('here', MANY, () => now)];
    expect(await dead.keep()).toBe('unknown');
    await Promise.all(Array.from({ length: MANY }, (_, n) => dead.claim(`peer ${n}`)));
    expect(await here.claim('one more')).toBe('full');
    now += LEASE;
    expect([await here.claim('one more'), await here.claim('peer 7')]).toEqual(['granted', 'granted']);
    now += 25 * LEASE;
    await here.keep();
    await here.keep();
    const left = async (): Promise<true | undefined> => ((await admin.hlen('signalbox:{green}:peers')) === 2 ? true : undefined);
    await until(PATIENCE_MS, 'the claims of the dead node to be removed', left);
    await until(
      PATIENCE_MS,
      'its lease to be removed',
      async () => (await admin.hlen('signalbox:{green}:nodes')) === 1 || undefined,
    );
    expect(await admin.hgetall('signalbox:{green}:claims')).toEqual({ here: '2' });
  });

  it.each(Object.entries(SCRIPTS))('the script %s does not read a whole realm', (_name, text) => {
    expect(text).not.toMatch(/'(?:HGETALL|HKEYS|HVALS)', p \.\. 'peers'/);
    expect(text).not.toMatch(/\buntil\b/);
  });
});

const ANSWERS: Readonly<Record<string, string>> = {
  hello: '%1\r\n$5\r\nproto\r\n:3\r\n',
  info: '$15\r\nredis_version:7\r\n',
  ping: '+PONG\r\n',
  client: '+OK\r\n',
};

/** A server that resets each connection after SUBSCRIBE; only the first subscription gets a reply. */
async function startFlapping(): Promise<{ port: number; subscriptions: () => readonly number[]; stop: () => void }> {
  const counts: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const at = counts.push(0) - 1;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      for (const [, command = ''] of bytes.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)) {
        if (command !== 'subscribe') {
          socket.write(ANSWERS[command] ?? '-ERR unknown command\r\n');
          continue;
        }
        if (counts.every((count) => count === 0)) {
          socket.write(['signalbox:node:here', 'signalbox:nodes'].map(subscribed).join(''));
        }
        counts[at] = (counts[at] ?? 0) + 1;
        // Both commands may arrive before the reset.
        setImmediate(() => socket.resetAndDestroy());
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, subscriptions: () => counts, stop };
}

function subscribed(channel: string, index: number): string {
  return `>3\r\n$9\r\nsubscribe\r\n$${channel.length}\r\n${channel}\r\n:${index + 1}\r\n`;
}

describe('a Redis whose connection breaks repeatedly while a broker subscribes', () => {
  it('gets one subscription for each connection, and no rejection is unhandled', async () => {
    const flapping = await startFlapping();
    const unhandled: unknown[] = [];
    const notice = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', notice);
    const url = `redis://127.0.0.1:${flapping.port}`;
    const runner = new ScriptRunner(openConnection(url), nodeId('here'), () => undefined);
    const subscriber = openConnection(url);
    const bus = new RedisNodeBus(nodeId('here'), runner, subscriber, () => undefined);
    bus.listen({ onMessage: () => undefined, onMessagesLost: () => undefined });
    const subscriptions = (): number[] => flapping.subscriptions().filter((count) => count > 0);
    await until(PATIENCE_MS, 'several connections', () => subscriptions().length >= 4 || undefined);
    expect(new Set(subscriptions())).toEqual(new Set([1]));
    await bus.close();
    flapping.stop();
    process.off('unhandledRejection', notice);
    expect(unhandled).toEqual([]);
  });
});
