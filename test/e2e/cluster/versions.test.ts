import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bucketOf, leaseKey } from '../../../src/adapters/engines/nats/keys.ts';
import { realmPrefix } from '../../../src/adapters/engines/redis/keys.ts';
import { nodeId, realmKey } from '../../../src/domain/ids.ts';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { Child } from '../../support/e2e/child.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { sendRequest } from '../../support/e2e/http.ts';
import type { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE } from '../../support/e2e/server-kinds.ts';
import { TcpProxy } from '../../support/e2e/tcp-proxy.ts';
import { until } from '../../support/e2e/until.ts';
import { Brokers, ENGINES, PATIENCE_MS } from './brokers.ts';

/** Long enough that a slow machine renews the mark in time. */
const LEASE_MS = 4_000;
const RENEWAL_MS = 200;
const NEWER = 2;
const TEST_TIMEOUT_MS = 120_000;

/** The mark of a live node of a newer version, until `stop`. */
interface NewerNode {
  stop(): Promise<void>;
}

/** @param mark renews the mark. @returns when the first mark is stored. */
async function markRegularly(mark: () => Promise<unknown>, close: () => Promise<unknown>): Promise<NewerNode> {
  await mark();
  let last: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => void (last = last.then(mark)), RENEWAL_MS);
  return {
    async stop() {
      clearInterval(timer);
      await last;
      await close();
    },
  };
}

const NEWER_NODES: Readonly<Record<string, (engine: EngineServer, realm: string) => Promise<NewerNode>>> = {
  async Redis({ url }, realm) {
    const redis = new Redis(url);
    const key = `${realmPrefix(realmKey(realm))}formats`;
    const mark = (): Promise<unknown> => redis.zadd(key, Date.now() + LEASE_MS, `${NEWER} newer`);
    return markRegularly(mark, () => redis.quit());
  },
  async NATS({ url }, realm) {
    const connection = await connect({ servers: url });
    const bucket = await new Kvm(connection).create(bucketOf(realmKey(realm)), { history: 8 });
    const mark = (): Promise<unknown> => bucket.put(leaseKey(nodeId('newer')), JSON.stringify({ v: NEWER, new: 'field' }));
    return markRegularly(mark, () => connection.close());
  },
};

describe.each(ENGINES)('brokers of two format versions at one $engine', ({ engine: kind, startEngine }) => {
  let engine: EngineServer;
  let brokers: Brokers;
  beforeEach(async () => {
    engine = await startEngine();
    brokers = new Brokers(engine);
  });
  afterEach(async () => {
    await brokers.stop();
    await engine.stop();
  });

  const newerNode = (): Promise<NewerNode> => NEWER_NODES[kind]?.(engine, brokers.realm) ?? Promise.reject(new Error(kind));
  const start = (but = {}): Promise<Server> => brokers.start({ cluster_lease: LEASE_MS, ...but });
  const readiness = async (broker: Server): Promise<number> => (await sendRequest(broker, '/readyz')).status;

  it(
    'a broker exits with one line while brokers of another version are alive, and starts after them',
    async () => {
      const newer = await newerNode();
      const options = { cluster: engine.url, key: brokers.realm, cluster_lease: LEASE_MS, log_level: 'error' };
      const child = new Child(SIGNALBOX_NODE.command(await freePort(), options), {});
      expect(await child.exited).toMatchObject({ code: 1 });
      expect((child.stdout + child.stderr).trim().split('\n')).toEqual([
        `signalbox: brokers of format version ${NEWER} use the engine at ${engine.url}, and this broker has format version 1: stop ` +
          `all brokers of version ${NEWER} first and wait for one cluster_lease, or use another engine or database`,
      ]);
      await newer.stop();
      const broker = await until(PATIENCE_MS, 'the lease to end', () => start());
      const [ann, bob] = [await broker.connectPeer('ann'), await broker.connectPeer('bob')];
      ann.sendOffer(bob.id, 'hello');
      expect(await bob.receive()).toMatchObject({ payload: 'hello' });
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'a broker that reconnects to an engine of another version logs it, is not ready, and resumes afterwards',
    async () => {
      const proxy = await TcpProxy.to(engine.port);
      const broker = await start({ cluster: engine.urlAt(proxy.port) });
      const [ann, amy] = [await broker.connectPeer('ann'), await broker.connectPeer('amy')];
      proxy.block();
      await engine.restart('lost');
      const newer = await newerNode();
      proxy.unblock();
      await until(PATIENCE_MS, 'the log line', () => /another format version/.test(broker.output) || undefined);
      expect(await readiness(broker)).toBe(503);
      ann.sendOffer(amy.id, 'near');
      expect(await amy.receive()).toMatchObject({ payload: 'near' });
      await newer.stop();
      await until(PATIENCE_MS, 'the broker to be ready', async () => (await readiness(broker)) === 200 || undefined);
      const bob = await broker.connectPeer('bob');
      ann.sendOffer(bob.id, 'again');
      expect(await bob.receive()).toMatchObject({ payload: 'again' });
      expect(broker.isRunning).toBe(true);
      await brokers.stop();
      await proxy.stop();
    },
    TEST_TIMEOUT_MS,
  );
});
