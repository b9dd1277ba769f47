import { expect, it } from 'vitest';
import { RedisPeerDirectory } from '../../../src/adapters/engines/redis/directory.ts';
import { realmPrefix } from '../../../src/adapters/engines/redis/keys.ts';
import type { ScriptRunner } from '../../../src/adapters/engines/redis/script-runner.ts';
import { RedisMailboxStore } from '../../../src/adapters/engines/redis/mailboxes.ts';
import { SCRIPTS } from '../../../src/adapters/engines/redis/scripts.ts';
import type { ExpiredInRealm, HoldOutcome } from '../../../src/application/ports/mailbox-store.ts';
import type { Claim, ClaimOutcome, RenewOutcome } from '../../../src/application/ports/peer-directory.ts';
import { connectionId, nodeId, realmKey, type PeerId } from '../../../src/domain/ids.ts';
import type { SignalMessage } from '../../../src/domain/message.ts';
import { Token } from '../../../src/domain/token.ts';
import { startRedis } from '../../support/engines/redis-server.ts';
import { until } from '../../support/e2e/until.ts';
import { ROOMY } from '../../../src/contracts/mailboxes/fixture.ts';
import { engineContract } from '../../../src/contracts/engines/contract.ts';
import { pooledSubjects } from './pooled-subjects.ts';
import { admin, redisSubjects, Shared } from './redis.ts';
import { LEASE } from '../../../src/contracts/engines/fixture.ts';
import { describeContract } from '../../support/describe-contract.ts';

const GREEN = realmKey('green');
const HERE = nodeId('here');
const PATIENCE_MS = 40_000;

const SUBJECTS = redisSubjects(startRedis);

describeContract('engine redis', engineContract(SUBJECTS));
describeContract(
  'engine pool over redis',
  engineContract(pooledSubjects(SUBJECTS), { ownBytes: 'no: the realms by pattern share one realm' }),
);

/** Sends every kind of command of one node. */
class CommandClient {
  readonly #directory: RedisPeerDirectory;
  readonly #store: RedisMailboxStore;

  constructor(link: ScriptRunner) {
    this.#directory = new RedisPeerDirectory(link, { realms: [GREEN], lease: LEASE, concurrentLimit: 0 });
    this.#store = new RedisMailboxStore(link, { ...ROOMY, realms: [GREEN] });
  }

  keep(): Promise<RenewOutcome> {
    return new Promise((resolve) => this.#directory.renewLease(HERE, resolve));
  }

  claim(id: string): Promise<ClaimOutcome> {
    return new Promise((resolve) => this.#directory.claim(peer(id), resolve));
  }

  release(id: string): void {
    this.#directory.release(peer(id));
  }

  put(text: string): Promise<HoldOutcome> {
    const message = { kind: 'offer', from: 'ann' as PeerId, to: 'bob' as PeerId, payload: Buffer.from(text) } as const;
    return new Promise((resolve) => this.#store.put(GREEN, undefined, message, 0, resolve));
  }

  take(isWanted?: () => boolean): Promise<string[]> {
    const texts = (messages: readonly SignalMessage[]): string[] =>
      messages.map(({ payload }) => Buffer.from(payload ?? []).toString());
    return new Promise((resolve) => this.#store.take(peer('bob'), (messages) => resolve(texts(messages)), 0, isWanted));
  }

  expire(): Promise<readonly ExpiredInRealm[]> {
    return new Promise((resolve) => this.#store.expire(0, resolve));
  }
}

async function connectionsSoFar(): Promise<number> {
  return Number(/total_connections_received:(\d+)/.exec(await admin.info('stats'))?.[1]);
}

function peer(id: string): Claim {
  return { realm: { key: GREEN, node: HERE }, id: id as PeerId, token: new Token(`of ${id}`), connection: connectionId(1, 0) };
}

it('loads the scripts again after SCRIPT FLUSH, and runs the waiting commands in order', async () => {
  const shared = await Shared.start();
  const client = new CommandClient(shared.runner());
  expect(await client.put('1')).toBe('held');
  await admin.script('FLUSH');
  expect(await Promise.all([client.put('2'), client.put('3'), client.put('4')])).toEqual(['held', 'held', 'held']);
  expect(await client.take()).toEqual(['1', '2', '3', '4']);
  await shared.dispose();
});

it('loads the scripts again if only some are missing', async () => {
  const shared = await Shared.start();
  const client = new CommandClient(shared.runner());
  expect(await client.keep()).toBe('unknown');
  await admin.script('FLUSH');
  await admin.script('LOAD', SCRIPTS.take);
  await Promise.all([client.put('1'), client.take()]);
  expect(await client.put('2')).toBe('held');
  expect(await client.take()).toContain('2');
  await shared.dispose();
});

it('retries commands that a replica rejects, in order, until it is a primary', async () => {
  const shared = await Shared.start();
  const client = new CommandClient(shared.runner());
  expect(await client.put('1')).toBe('held');
  const before = await connectionsSoFar();
  await admin.call('REPLICAOF', '127.0.0.1', '1');
  const all = ['2', '3', '4'].map((text) => client.put(text));
  await until(PATIENCE_MS, 'the reconnect', async () => (await connectionsSoFar()) > before || undefined);
  await admin.call('REPLICAOF', 'NO', 'ONE');
  expect(await Promise.all(all)).toEqual(['held', 'held', 'held']);
  expect(await client.take()).toEqual(['1', '2', '3', '4']);
  await shared.dispose();
});

it('O11: collects no message for a connection that ended while the command waited in the broker', async () => {
  const shared = await Shared.start();
  const client = new CommandClient(shared.runner());
  expect(await client.put('1')).toBe('held');
  expect([await client.take(() => false), await client.take(() => true), await client.take()]).toEqual([[], ['1'], []]);
  await shared.dispose();
});

it('M1: delivers no message twice whose collection is lost in a failover, unless its receiver has moved', async () => {
  const shared = await Shared.start();
  const [client, other] = [shared.runner(), shared.runner(nodeId('there'))].map((runner) => new CommandClient(runner));
  const list = `${realmPrefix(GREEN)}mail:bob`;
  expect(await client?.put('1')).toBe('held');
  const stored = await admin.lrangeBuffer(list, 0, -1);
  const storeAgain = (): Promise<number> => admin.rpush(list, ...stored);
  expect(await client?.take()).toEqual(['1']);
  await storeAgain();
  expect(await client?.put('2')).toBe('held');
  expect(await client?.take()).toEqual(['2']);
  await storeAgain();
  expect(await other?.take()).toEqual(['1']);
  await shared.dispose();
});

it('runs a retried command once, and returns the stored reply', async () => {
  const shared = await Shared.start();
  const runAll = async (client: CommandClient): Promise<unknown[]> => {
    const answers: Promise<unknown>[] = [client.keep(), client.claim('bob'), client.put('1'), client.take(), client.put('2')];
    shared.now += ROOMY.expireTimeout;
    answers.push(client.expire(), client.take());
    client.release('bob');
    return Promise.all(answers);
  };
  const before = shared.now;
  const first = await runAll(new CommandClient(shared.runner()));
  expect(first).toEqual(['unknown', 'granted', 'held', ['1'], 'held', [{ realm: GREEN, from: 'ann', to: 'bob' }], []]);
  const elsewhere = shared.runner(nodeId('there'));
  const other = new RedisPeerDirectory(elsewhere, { realms: [GREEN], lease: LEASE, concurrentLimit: 0 });
  const otherClaim = { ...peer('bob'), realm: { key: GREEN, node: nodeId('there') }, token: new Token('his') };
  const claimByOther = (): Promise<ClaimOutcome> => new Promise((resolve) => other.claim(otherClaim, resolve));
  expect(await claimByOther()).toBe('granted');
  shared.now = before;
  expect(await runAll(new CommandClient(shared.runner()))).toEqual(first);
  const holder = await new Promise((resolve) => other.locate(GREEN, 'bob' as PeerId, resolve));
  expect(holder).toBe('there');
  await shared.dispose();
});

it('M1: puts no message again whose reply was lost before Redis lost its data, because it may have been delivered', async () => {
  const shared = await Shared.start();
  const prefix = realmPrefix(GREEN);
  const message = ['bob', 'ann', '', '', 'offer', '1', 100, 'text', '1', ''];
  const limits = [1e6, 100, 1e6, 100, 1e6, 'notification'];
  const put = (number: number, uncertain: number): Promise<unknown> =>
    admin.eval(SCRIPTS.put, 1, prefix, shared.now, HERE, number, 0, uncertain, ...message, ...limits);
  expect([await put(1, 0), await put(2, 1), await put(2, 2)]).toEqual(['held', 'held', 'held']);
  await admin.flushall();
  expect([await put(1, 2), await put(2, 2), await put(3, 2)]).toEqual(['full engine', 'full engine', 'held']);
  expect(await admin.llen(`${prefix}mail:bob`)).toBe(1);
  await shared.dispose();
});

it('M1, M13: answers a message whose reply was lost with full if Redis has lost its data', async () => {
  const shared = await Shared.start();
  const client = new CommandClient(shared.runner());
  expect(await client.put('1')).toBe('held');
  await admin.flushall();
  await admin.call('CLIENT', 'PAUSE', '60000', 'WRITE');
  const put = client.put('2');
  await until(PATIENCE_MS, 'the blocked put', async () => /blocked_clients:1/.test(await admin.info('clients')) || undefined);
  await admin.call('CLIENT', 'KILL', 'TYPE', 'normal');
  await admin.call('CLIENT', 'UNPAUSE');
  expect([await put, await client.put('3')]).toEqual(['full', 'held']);
  expect(await client.take()).toEqual(['3']);
  await shared.dispose();
});

it('deletes stored replies that were received', async () => {
  const shared = await Shared.start();
  const client = new CommandClient(shared.runner());
  for (let n = 0; n < 5; n++) await client.put(String(n));
  expect(Object.keys(await admin.hgetall('signalbox:{green}:done:here')).sort()).toEqual(['5', 'answered', 'last']);
  await shared.dispose();
});

it('O5: marks released ids in the first ten leases after Redis has started without data, and until their end', async () => {
  const shared = await Shared.start();
  const client = new CommandClient(shared.runner());
  const releasedAfter = async (id: string, leases: number): Promise<number> => {
    shared.now += leases * LEASE;
    await client.claim(id);
    client.release(id);
    // Its reply follows that of the release.
    await client.keep();
    return (await admin.pttl(`signalbox:{green}:released:${id}`)) / LEASE;
  };
  expect(await releasedAfter('ann', 0)).toBeLessThanOrEqual(10);
  const left = await releasedAfter('bob', 4);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(6);
  expect(await releasedAfter('cem', 7)).toBeLessThan(0);
  await shared.dispose();
});
