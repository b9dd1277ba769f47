import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { startSmallNats } from '../../support/engines/nats-server.ts';
import { startRedis } from '../../support/engines/redis-server.ts';
import { sendRequest } from '../../support/e2e/http.ts';
import type { Server } from '../../support/e2e/server.ts';
import { until } from '../../support/e2e/until.ts';
import { Brokers, PATIENCE_MS } from './brokers.ts';

const STORE_BYTES = 4 * 1024 * 1024;
const BALLAST = Buffer.alloc(64 * 1024);

/** The engine accepts no writes until the returned function is called. */
type RefuseWrites = (engine: EngineServer) => Promise<() => Promise<void>>;

/** A Redis setting that makes it refuse writes, and its former value. */
function withSetting(name: string, value: string, former: string): RefuseWrites {
  return async ({ url }) => {
    const redis = new Redis(url);
    await redis.config('SET', name, value);
    return async () => {
      await redis.config('SET', name, former);
      await redis.quit();
    };
  };
}

/** Fills the storage of NATS with the entries of another stream. */
const fillStorage: RefuseWrites = async ({ url }) => {
  const connection = await connect({ servers: url });
  const { streams } = await jetstreamManager(connection);
  await streams.add({ name: 'ballast', subjects: ['ballast'] });
  const js = jetstream(connection);
  let isFull = false;
  while (!isFull) {
    isFull = await js.publish('ballast', BALLAST).then(
      () => false,
      () => true,
    );
  }
  return async () => {
    await streams.delete('ballast');
    await connection.close();
  };
};

interface FailingEngine {
  readonly engine: string;
  readonly startEngine: () => Promise<EngineServer>;
  readonly refusals: [string, RefuseWrites][];
}

const ENGINES: readonly FailingEngine[] = [
  {
    engine: 'Redis',
    startEngine: () => startRedis(),
    refusals: [
      ['has no memory left', withSetting('maxmemory', '1', '0')],
      ['misses replicas', withSetting('min-replicas-to-write', '1', '0')],
    ],
  },
  {
    engine: 'NATS',
    startEngine: () => startSmallNats(STORE_BYTES),
    refusals: [['has no disk space left', fillStorage]],
  },
];

async function status(broker: Server): Promise<number> {
  return (await sendRequest(broker, '/readyz')).status;
}

function isReady(broker: Server, wanted: boolean): Promise<true> {
  const expected = wanted ? 200 : 503;
  return until(PATIENCE_MS, `/readyz to be ${expected}`, async () => (await status(broker)) === expected || undefined);
}

/** A load balancer sends new peers to each broker whose /readyz is 200. */
describe.each(ENGINES)('/readyz of a broker whose $engine fails', ({ startEngine, refusals }) => {
  let engine: EngineServer;
  let brokers: Brokers;
  let broker: Server;
  beforeAll(async () => {
    engine = await startEngine();
    brokers = new Brokers(engine);
    broker = await brokers.start();
    await isReady(broker, true);
  });
  afterEach(() => engine.thaw());
  afterAll(async () => {
    await brokers.stop();
    await engine.stop();
  });

  it.each(refusals)('is 503 while it %s', async (_how, refuse) => {
    const accept = await refuse(engine);
    await isReady(broker, false);
    await accept();
    await isReady(broker, true);
    await broker.connectPeer('bob');
  });

  it('is 503 while it hangs, and a peer that was kept waiting receives OPEN', async () => {
    engine.freeze();
    await isReady(broker, false);
    const late = await broker.connect({ id: 'ann' });
    engine.thaw();
    expect(await late.receive()).toMatchObject({ type: 'OPEN' });
    await isReady(broker, true);
    await broker.connectPeer('bob');
  });

  it('is 503 after a restart without data, until new peers receive OPEN', async () => {
    for (let n = 0; n < 50; n++) (await broker.connectPeer('visitor')).sendOffer('nobody', n).cut();
    const restarted = engine.restart('lost');
    await isReady(broker, false);
    await restarted;
    await isReady(broker, true);
    await broker.connectPeer('ann');
  });
});
