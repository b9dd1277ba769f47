import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { startTlsNats } from '../../support/engines/nats-server.ts';
import { startTlsRedis } from '../../support/engines/redis-server.ts';
import { TLS_FILES } from '../../support/tls-files.ts';
import { Brokers } from './brokers.ts';

const MANY = 300;

describe.each([
  { engine: 'Redis', startEngine: startTlsRedis },
  { engine: 'NATS', startEngine: startTlsNats },
])('a TLS connection to $engine', ({ startEngine }) => {
  let engine: EngineServer;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  it('M1, M17: delivers all messages between brokers, in order', async () => {
    const brokers = new Brokers(engine, { NODE_EXTRA_CA_CERTS: TLS_FILES.certFile });
    const [here, there] = await brokers.pair();
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    for (let n = 0; n < MANY; n++) ann.sendOffer(bob.id, n);
    expect((await bob.receiveMany(MANY)).map(({ payload }) => payload)).toEqual(Array.from({ length: MANY }, (_, n) => n));
    await brokers.stop();
  });

  it('ends the start with one line if the CA is not trusted', async () => {
    const error = await new Brokers(engine).start().catch(String);
    expect(error).toContain(`the engine at ${engine.url} can't be reached: `);
    expect(error).toMatch(/self-signed certificate/);
  });
});
