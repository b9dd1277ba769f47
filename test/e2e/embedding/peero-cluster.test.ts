import { afterEach, it } from 'vitest';
import { PeeroServer } from '../../../src/composition/library.ts';
import { type WebSocketClient, openWebSocket } from '../../../src/contracts/transports/network-client.ts';
import { startRedis } from '../../support/engines/redis-server.ts';
import { until } from '../../support/e2e/until.ts';

const TIMEOUT_MS = 60_000;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

it('PEO3: delivers an offer to the peers of all PeeroServers with the same Redis', async () => {
  const redis = await startRedis();
  stops.push(() => redis.stop());
  const connectPeer = async (): Promise<WebSocketClient> => {
    const server = new PeeroServer({ port: 0, host: '127.0.0.1', transport: 'node', cluster: redis.url });
    stops.push(() => server.close());
    const port = await server.run();
    const peer = await openWebSocket({ host: '127.0.0.1', port, secure: false }, '/');
    await until(TIMEOUT_MS, 'hello', () => peer.received[0]);
    return peer;
  };
  const [ann, bob] = [await connectPeer(), await connectPeer()];
  ann.send('{"type":"offer","signal":"from-ann"}');
  await until(TIMEOUT_MS, 'the offer', () => bob.received.find((text) => text.includes('"signal":"from-ann"')));
});
