import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { serveWithoutUpgrade } from '../../../../../src/adapters/transports/node/other-upgrades.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';

it('H21: many requests of one connection that offer h2c are answered, and leave no listeners', async () => {
  const listeners: number[] = [];
  const upgrades: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    upgrades.push(request.headers.upgrade);
    listeners.push(['error', 'close', 'data', 'end'].reduce((sum, name) => sum + request.socket.listenerCount(name), 0));
    response.end('<ok>');
  });
  server.on('upgrade', (raw, stream, head) => serveWithoutUpgrade(server, { raw, stream, head }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client: Socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  let received = '';
  client.on('data', (bytes) => (received += String(bytes)));
  client.write(REQUEST.repeat(3));
  for (let count = 3; count <= 20; count++) {
    while (received.split('<ok>').length <= count) await once(client, 'data');
    client.write(REQUEST);
  }
  expect(new Set(upgrades)).toEqual(new Set([undefined]));
  expect(listeners.at(-1)).toBe(listeners[3]);
});
