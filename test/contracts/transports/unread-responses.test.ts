import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { createBoundedServer } from '../../../src/adapters/transports/node/bounded-server.ts';
import { ConnectionAcceptor } from '../../../src/adapters/transports/node/connection-acceptor.ts';
import { DirectHandshakes } from '../../../src/adapters/transports/node/direct-handshakes.ts';
import { NodeRequest } from '../../../src/adapters/transports/node/http.ts';
import { serveWithoutUpgrade } from '../../../src/adapters/transports/node/other-upgrades.ts';
import { BOUNDS } from '../../../src/contracts/transports/fixture.ts';
import { RecordingGateway } from '../../../src/contracts/transports/recording-gateway.ts';

const LIMITS = { ...BOUNDS, handshakeTimeout: 200 };
/** More than the buffers of both kernels hold. */
const BODY = 'x'.repeat(32 * 1024 * 1024);

it.each([
  ['a request', ''],
  ['an upgrade to another protocol', 'Connection: Upgrade\r\nUpgrade: h2c\r\n'],
])('H15: a client that does not read the response to %s is disconnected', async (_, headers) => {
  const gateway = new RecordingGateway();
  gateway.answerRequest = (exchange) => exchange.respond({ status: 200, headers: [], body: BODY });
  const server = createBoundedServer(LIMITS);
  const handshakes = new DirectHandshakes(() => undefined);
  const acceptor = new ConnectionAcceptor(gateway, { handshakes, limits: LIMITS, ownsConnections: true });
  server.on('request', (raw, response) => acceptor.serveRequest(raw, response, new NodeRequest(raw)));
  server.on('upgrade', (raw: IncomingMessage, stream: Duplex, head: Buffer) => {
    serveWithoutUpgrade(server, { raw, stream, head });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  const connected = once(server, 'connection') as Promise<[Socket]>;
  client.write(`GET / HTTP/1.1\r\nHost: a\r\n${headers}\r\n`);
  client.pause();
  const [socket] = await connected;
  await once(socket, 'close');
  expect(gateway.requests.length).toBe(1);
});
