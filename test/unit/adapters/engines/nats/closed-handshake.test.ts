import { connect } from '@nats-io/transport-node';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { endClosedHandshake } from '../../../../../src/adapters/engines/nats/closed-handshake.ts';

const INFO = { server_id: 'A', version: '2.10.0', proto: 1, headers: true, max_payload: 1_024 };
/** Longer than the test may take. */
const HANDSHAKE_TIMEOUT_MS = 60_000;

/** Starts a server that speaks enough NATS for a handshake. It closes the connections with these numbers during the handshake. */
async function startServer(closed: readonly number[]) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const number = sockets.push(socket);
    socket.on('error', () => undefined);
    socket.write(`INFO ${JSON.stringify(INFO)}\r\n`);
    socket.on('data', (data) => {
      if (closed.includes(number)) socket.destroy();
      else if (data.includes('PING')) socket.write('PONG\r\n');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, sockets, port };
}

it('lets the client library connect again at once if connections are closed during the handshake', async () => {
  const { server, sockets, port } = await startServer([2, 3]);
  const connection = await connect({
    servers: `127.0.0.1:${port}`,
    ...{ timeout: HANDSHAKE_TIMEOUT_MS, maxReconnectAttempts: -1, reconnectDelayHandler: () => 1 },
  });
  sockets[0]?.destroy();
  for await (const { type } of connection.status()) {
    if (type === 'disconnect') endClosedHandshake(connection);
    if (type === 'reconnect') break;
  }
  expect(sockets).toHaveLength(4);
  await connection.close();
  server.close();
}, 30_000);

it('ends no handshake whose connection is open, and tolerates another library', () => {
  const failures: Error[] = [];
  const handshake = { transport: { isClosed: false }, connectError: (error: Error) => failures.push(error) };
  type Connection = Parameters<typeof endClosedHandshake>[0];
  for (const connection of [{ protocol: handshake }, { protocol: {} }, {}]) {
    endClosedHandshake(connection as unknown as Connection);
  }
  expect(failures).toEqual([]);
});
