import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { NatsCluster } from '../../support/engines/nats-server.ts';
import { RedisWithSentinel } from '../../support/engines/redis-server.ts';
import { sendRequest } from '../../support/e2e/http.ts';
import { until } from '../../support/e2e/until.ts';
import { Brokers, PATIENCE_MS } from './brokers.ts';

const MANY = 100;

/** An engine with several servers, one of which the test kills. */
interface ReplicatedEngine {
  readonly url: string;
  /** Kills one server after its data is replicated. */
  killOne(): Promise<void>;
  stop(): Promise<void>;
}

async function redisWithSentinel(): Promise<ReplicatedEngine> {
  const engine = await RedisWithSentinel.start();
  return {
    url: engine.url,
    async killOne() {
      await engine.waitForReplication();
      await engine.primary.kill();
    },
    stop: () => engine.stop(),
  };
}

async function natsCluster(selectServer: (engine: NatsCluster) => Promise<EngineServer | undefined>): Promise<ReplicatedEngine> {
  const engine = await NatsCluster.start();
  return {
    url: engine.url,
    killOne: async () => (await selectServer(engine))?.kill(),
    stop: () => engine.stop(),
  };
}

/** A busy machine delays the election of the servers that are left, which starts again if a vote is late. */
const ELECTION_MS = 90_000;
const TIMEOUT = { timeout: 180_000 };

const ENGINES = [
  { engine: 'Redis with a replica and a Sentinel', startEngine: redisWithSentinel },
  { engine: 'three NATS servers when the connected one dies', startEngine: () => natsCluster(async ({ servers }) => servers[0]) },
  { engine: 'three NATS servers when the leader dies', startEngine: () => natsCluster((engine) => engine.leader()) },
];

describe.each(ENGINES)('brokers on $engine', ({ startEngine }) => {
  let engine: ReplicatedEngine;
  let brokers: Brokers;
  beforeEach(async () => {
    engine = await startEngine();
    brokers = new Brokers(engine);
  });
  afterEach(async () => {
    await brokers.stop();
    await engine.stop();
  });

  it('M1, M13, M17: lose and repeat no message, and keep all connections, when a server dies', TIMEOUT, async () => {
    const [here, there] = await brokers.pair({ expire_timeout: 120_000 });
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    const numbers = Array.from({ length: MANY }, (_, n) => n);
    for (const n of numbers) ann.sendOffer('cem', n);
    for (const n of numbers) ann.sendOffer(bob.id, n);
    expect((await bob.receiveMany(MANY)).map(({ payload }) => payload)).toEqual(numbers);
    await engine.killOne();
    for (const n of numbers) {
      ann.sendOffer(bob.id, n);
      bob.sendOffer(ann.id, n);
    }
    for (const receiver of [ann, bob]) {
      expect(JSON.parse(await receiver.receiveText(ELECTION_MS))).toMatchObject({ payload: 0 });
      expect((await receiver.receiveMany(MANY - 1)).map(({ payload }) => payload)).toEqual(numbers.slice(1));
    }
    const cem = await there.connectPeer('cem', { id: 'cem' });
    expect((await cem.receiveMany(MANY)).map(({ payload }) => payload)).toEqual(numbers);
    expect([ann.isOpen, bob.isOpen]).toEqual([true, true]);
    // Messages arrive before the lease is renewed.
    await until(PATIENCE_MS, 'the renewed lease', async () => (await sendRequest(here, '/readyz')).status === 200 || undefined);
    expect(await (await there.connect({ id: ann.id })).receive()).toMatchObject({ type: 'ID-TAKEN' });
  });
});
