import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createHttp2Server, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import express from 'express';
import express4 from 'express4';
import { WebSocketServer } from 'ws';
import { afterEach, describe, expect, it } from 'vitest';
import { ExpressPeerServer, type PeerServerHandler } from '../../../src/composition/library.ts';
import { openWebSocket, sendRequest } from '../../../src/contracts/transports/network-client.ts';
import { until } from '../../support/e2e/until.ts';
import { listening, type Host } from './hosts.ts';

const TIMEOUT_MS = 60_000;

let host: Host | undefined;
afterEach(async () => {
  await host?.stop();
  host = undefined;
});

/** How a program mounts the handler, and the paths under which clients reach the broker. */
const MOUNTS: Record<
  string,
  { readonly mount: (app: express.Express, peers: PeerServerHandler) => void; readonly at: string[] }
> = {
  'by a router': {
    mount: (app, peers) => app.use('/api', express.Router().use('/signal', peers)),
    at: ['/api/signal'],
  },
  'by a router in a router': {
    mount: (app, peers) => app.use('/a', express.Router().use('/b', express.Router().use('/c', peers))),
    at: ['/a/b/c'],
  },
  'at a list of paths': { mount: (app, peers) => app.use(['/one', '/two'], peers), at: ['/one', '/two'] },
  'at a path with a parameter': { mount: (app, peers) => app.use('/rooms/:room', peers), at: ['/rooms/1', '/rooms/2'] },
  'by a router with a parameter': {
    mount: (app, peers) => app.use('/rooms', express.Router().use('/:room/signal', peers)),
    at: ['/rooms/1/signal', '/rooms/2/signal'],
  },
  'without a path': { mount: (app, peers) => app.use(peers), at: [''] },
};

describe.each([
  ['Express 4', express4],
  ['Express 5', express],
])('mounted in %s', (_, make) => {
  for (const [how, { mount, at }] of Object.entries(MOUNTS)) {
    it(`${how}: sockets and requests reach the broker, in either order`, async () => {
      const app = make();
      const server = createServer(app);
      const peers = ExpressPeerServer(server);
      mount(app, peers);
      host = await listening(server, peers);
      for (const path of [...at, ...at]) {
        const ann = await openWebSocket(host.endpoint, `${path}/peerjs?key=peerjs&id=ann&token=t`);
        await until(TIMEOUT_MS, `OPEN at ${path}`, () => ann.received[0]);
        expect((await sendRequest(host.endpoint, 'GET', `${path}/peerjs/id`).answer).status).toBe(200);
        ann.close();
      }
    });
  }

  it('by a router: other listeners receive the sockets of other paths', async () => {
    const app = make();
    const server = createServer(app);
    const peers = ExpressPeerServer(server);
    app.use('/api', express.Router().use('/signal', peers));
    new WebSocketServer({ server, path: '/chat/peerjs' }).on('connection', (socket) => socket.send('chat'));
    host = await listening(server, peers);
    expect((await sendRequest(host.endpoint, 'GET', '/api/signal/peerjs/id').answer).status).toBe(200);
    const chat = await openWebSocket(host.endpoint, '/chat/peerjs');
    expect(await until(TIMEOUT_MS, 'the text of the chat', () => chat.received[0])).toBe('chat');
    const ann = await openWebSocket(host.endpoint, '/api/signal/peerjs?key=peerjs&id=ann&token=t');
    await until(TIMEOUT_MS, 'OPEN', () => ann.received[0]);
    chat.close();
    await until(TIMEOUT_MS, 'the end of the chat', () => chat.closed);
  });
});

it('serves a request of HTTP/2, which Express can not route', async () => {
  const server = createHttp2Server();
  const peers = ExpressPeerServer(server as unknown as Server);
  server.on('request', (request, response) => peers(request as never, response as never));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [headers] = (await once(client.request({ ':path': '/peerjs/id' }), 'response')) as [IncomingHttpHeaders];
  expect(headers[':status']).toBe(200);
  client.destroy();
  await peers.stop();
  server.close();
});
