import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { io } from 'socket.io-client';
import { expect, it } from 'vitest';
import { SocketIoCompanion } from '../../../../../src/adapters/transports/socketio/companion.ts';
import { RecordingGateway, textOf } from '../../../../contracts/transports/recording-gateway.ts';

const SETTINGS = { path: '/socket.io', prefixes: [''], origins: true, maxFrameBytes: 1_000, sendBufferBytes: 1_000 } as const;

it('SIO7: owns its path and what is under it', () => {
  const companion = new SocketIoCompanion(SETTINGS);
  expect(['/socket.io', '/socket.io/', '/socket.iox', '/'].map((path) => companion.owns(path))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it('SIO7: asks for each handshake, and reports what comes of it, once', async () => {
  const [server, gateway, companion] = [createServer(), new RecordingGateway(), new SocketIoCompanion(SETTINGS)];
  companion.attachToNode(server, gateway);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = io(url, { transports: ['websocket'], query: { key: 'red' } });
  client.emit('subscribe', 'garden');
  await expect
    .poll(() => gateway.connections[0]?.frames.map(textOf), { timeout: 5_000 })
    .toEqual(['["subscribe","garden",null]']);
  expect(gateway.upgrades[0]).toMatchObject({ path: '/socket.io/', remoteAddress: '127.0.0.1' });
  expect(gateway.upgrades[0]?.query).toContain('key=red');

  companion.refuseNew();
  const late = io(url, { transports: ['websocket'], reconnection: false, forceNew: true });
  await new Promise((resolve) => late.once('connect_error', resolve));
  await companion.stop();
  await expect.poll(() => gateway.connections[0]?.closedCount, { timeout: 5_000 }).toBe(1);
  expect([gateway.connections.length, gateway.intrusions]).toEqual([1, []]);
  client.close();
  server.closeAllConnections();
  server.close();
});
