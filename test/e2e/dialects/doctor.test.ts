import express from 'express';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import WebSocket from 'ws';
import { describe, expect, it } from 'vitest';
import { ExpressPeerServer } from '../../../src/composition/library.ts';
import { LOOPBACK, SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { Server } from '../../support/e2e/server.ts';

/** Calls the three routes below a URL. */
async function callRoutes(url: string): Promise<unknown> {
  const hello = await fetch(`${url}doctor/hello`);
  const { request } = (await hello.json()) as { request: { address: string } };
  const stream = await (await fetch(`${url}doctor/stream`)).text();
  const socket = new WebSocket(`${url.replace('http', 'ws')}doctor/socket`);
  await once(socket, 'open');
  socket.send('hello');
  const [echo] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  await once(socket, 'close');
  return [hello.headers.get('x-signalbox'), request.address, stream.split('\n\n').length - 1, echo.toString()];
}

const EXPECTED = ['1', LOOPBACK, 5, 'hello'];

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('the routes of the doctor on $name', (kind) => {
  it('DOC1 to DOC3: answer', async () => {
    const server = await Server.start({ kind, options: { path: '/app' } });
    expect(await callRoutes(`http://${LOOPBACK}:${server.port}/app/`)).toEqual(EXPECTED);
    expect(await server.drain()).toMatchObject({ code: 0 });
  });

  it('DOC4: are absent in the hardened profile', async () => {
    const server = await Server.start({ kind, options: { profile: 'hardened' } });
    const statuses = ['hello', 'stream', 'socket'].map(async (name) => (await server.request(`doctor/${name}`)).status);
    expect(await Promise.all(statuses)).toEqual([404, 404, 404]);
    expect(await server.handshakeStatus('/doctor/socket')).toBe(404);
    await server.stop();
  });
});

describe('the routes of the doctor in a program', () => {
  it('DOC1 to DOC3: answer below the path of an Express application', async () => {
    const app = express();
    const server = createServer(app);
    const peers = ExpressPeerServer(server);
    app.use('/app', peers as unknown as express.RequestHandler);
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await callRoutes(`http://${LOOPBACK}:${port}/app/`)).toEqual(EXPECTED);
    await peers.stop();
    server.closeAllConnections();
    server.close();
  });
});
