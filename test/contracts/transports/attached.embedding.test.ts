import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import express4 from 'express4';
import { Server as SocketIoServer } from 'socket.io';
import { io, type Socket as SocketIo } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { AttachedTransport, type AttachmentSettings } from '../../../src/adapters/transports/node/attachment.ts';
import {
  maskedFrame,
  sendRequest,
  openWebSocket,
  RawConnection,
  type Endpoint,
} from '../../../src/contracts/transports/network-client.ts';
import { admissionOf, RecordingGateway } from '../../../src/contracts/transports/recording-gateway.ts';
import { BOUNDS } from '../../../src/contracts/transports/fixture.ts';

/* The contract between the embedding program and the transport, beyond the transport contract. */

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

async function serverOf(listener?: Listener): Promise<{ server: Server; place: Endpoint }> {
  const server = createServer(listener);
  return { server, place: await listening(server) };
}

async function listening(server: Server): Promise<Endpoint> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, secure: false };
}

async function attach(
  server: Server,
  settings: Partial<AttachmentSettings> = {},
): Promise<{ transport: AttachedTransport; gateway: RecordingGateway }> {
  const transport = new AttachedTransport({ ...BOUNDS, server, owns: (path) => path.startsWith('/ours'), ...settings });
  const gateway = new RecordingGateway();
  await transport.listen(gateway);
  cleanups.push(() => transport.stop());
  return { transport, gateway };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 40_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`timeout: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Waits for a number of open TCP connections. */
async function connectionsOf(server: Server, count: number): Promise<void> {
  let open = -1;
  await until(`${count} connections are open`, () => {
    server.getConnections((_, now) => {
      open = now;
    });
    return open === count;
  });
}

const UPGRADE =
  'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

describe('attached: malformed requests', () => {
  const MALFORMED = [
    ['400', 'hello\r\n\r\n'],
    ['408', 'GET / HTTP/1.1\r\nhost: a\r\n'],
    ['431', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`],
  ] as const;

  async function answerOf(place: Endpoint, text: string): Promise<string> {
    const line = await RawConnection.open(place);
    line.send(text);
    await until('the end of the connection', () => line.isClosed);
    return line.received;
  }

  async function serverWith(timeout: number): Promise<{ server: Server; place: Endpoint }> {
    const server = createServer({ headersTimeout: timeout, requestTimeout: timeout, connectionsCheckingInterval: 20 });
    return { server, place: await listening(server) };
  }

  it.each(MALFORMED)('H11: one with status %s is reported, and answered by Node', async (status, text) => {
    // On a slow machine, another request must not time out before it is read.
    const { server, place } = await serverWith(status === '408' ? 100 : 60_000);
    const { gateway } = await attach(server);
    expect(await answerOf(place, text)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(gateway.refusals).toEqual([{ path: '', status: Number(status) }]);
  });

  it('H11: one is reported once, and answered by the listener of the embedding program', async () => {
    const { server, place } = await serverWith(60_000);
    server.on('clientError', (_, stream) => stream.end('HTTP/1.1 418 Teapot\r\n\r\n'));
    const [first, second] = [await attach(server), await attach(server)];
    expect(await answerOf(place, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 418 /);
    expect([first.gateway.refusals.length, second.gateway.refusals.length]).toEqual([1, 0]);
  });

  it('one after stop is not reported', async () => {
    const { server, place } = await serverWith(60_000);
    const { gateway, transport } = await attach(server);
    await transport.stop();
    expect(await answerOf(place, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(gateway.refusals).toEqual([]);
  });
});

describe('attached: file handles', () => {
  it('connections beyond the file handles are logged until stop', async () => {
    const { server } = await serverOf();
    const events: string[] = [];
    const { transport } = await attach(server, { log: { record: ({ event }) => void events.push(event) } });
    server.emit('drop');
    // Without a limit of open files, as on Windows, nothing can be reported.
    expect(events).toEqual(typeof server.maxConnections === 'number' ? ['connections-dropped'] : []);
    await transport.stop();
    expect([server.maxConnections, server.listenerCount('drop')]).toEqual([undefined, 0]);
  });
});

describe('attached: upgrades', () => {
  it('one for a foreign path is answered with 404 if there is no other listener', async () => {
    const { server, place } = await serverOf();
    const { gateway } = await attach(server);
    expect((await openWebSocket(place, '/theirs')).refusal?.status).toBe(404);
    expect(gateway.upgrades).toEqual([]);
  });

  it('one for a foreign path is left to the other listeners', async () => {
    const { server, place } = await serverOf();
    await attach(server);
    server.on(
      'upgrade',
      (request: IncomingMessage, socket) => request.url === '/theirs' && socket.end('HTTP/1.1 418 Theirs\r\n\r\n'),
    );
    expect((await openWebSocket(place, '/theirs')).refusal?.status).toBe(418);
    expect((await openWebSocket(place, '/ours')).state).toBe('open');
  });

  it('two attachments share a server: each accepts its own, and an unowned one is answered with 404 once', async () => {
    const { server, place } = await serverOf();
    const { gateway: one } = await attach(server);
    const { gateway: other } = await attach(server, { owns: (path) => path === '/other' });
    expect((await openWebSocket(place, '/ours')).state).toBe('open');
    expect((await openWebSocket(place, '/other')).state).toBe('open');
    const line = await RawConnection.open(place);
    line.send(`GET /theirs HTTP/1.1\r\n${UPGRADE}`);
    await until('the connection is closed', () => line.isClosed);
    expect(line.received.match(/HTTP\/1\.1 404/g)).toHaveLength(1);
    expect([one.connections.length, other.connections.length]).toEqual([1, 1]);
  });

  it('Socket.IO shares the server, although it closes upgrades that no listener accepted', async () => {
    const { server, place } = await serverOf();
    const { gateway } = await attach(server);
    const theirs = new SocketIoServer(server, { destroyUpgradeTimeout: 50 });
    cleanups.push(() => void theirs.close());
    theirs.on('connection', (socket) => void socket.on('hello', (answer: (text: string) => void) => answer('theirs')));
    const client = await openWebSocket(place, '/ours?id=ann');
    const socketIo: SocketIo = io(`http://127.0.0.1:${place.port}`, { transports: ['websocket'] });
    cleanups.push(() => socketIo.close());
    expect(await socketIo.timeout(8_000).emitWithAck('hello')).toBe('theirs');
    expect((await openWebSocket(place, '/nobodys').catch(() => undefined))?.state).not.toBe('open');
    client.send('still connected');
    await until('the text is received', () => gateway.connections[0]?.frames.length === 1);
    expect(gateway.upgrades.map(({ path }) => path)).toEqual(['/ours']);
  });
});

describe('attached: frames', () => {
  it('M23: a message in too many fragments closes its WebSocket with 1008', async () => {
    const { server, place } = await serverOf();
    const { gateway } = await attach(server, { maxFrameBytes: 1_024 });
    const line = await RawConnection.open(place);
    line.send(`GET /ours HTTP/1.1\r\n${UPGRADE}`);
    await until('the connection is open', () => line.received.includes('\r\n\r\n'));
    const [first, further] = [1, 0].map((opcode) => maskedFrame(opcode, new Uint8Array(), { isFinal: false })) as [
      Buffer,
      Buffer,
    ];
    const fragments = [first, ...Array.from({ length: 2_048 }, () => further)];
    const last = maskedFrame(0, Buffer.from('a'));
    line.send(Buffer.concat([...fragments, last]));
    await until('the close is reported', () => gateway.connections[0]?.closedCount === 1);
    expect(gateway.connections[0]).toMatchObject({ end: { by: 'broker', code: 1008, fault: 'too-many-fragments' }, frames: [] });
    await until('the close frame is received', () => line.received.includes('\u0088\u0002\u0003\u00f0'));
  });
});

describe('attached: requests', () => {
  it('one for a foreign path is passed to the next handler; without a next handler, all are served', async () => {
    const { server, place } = await serverOf();
    const { transport, gateway } = await attach(server);
    const app = express()
      .use(transport.handle)
      .use((_, response) => void response.status(418).send('theirs'));
    server.on('request', app);
    expect((await sendRequest(place, 'GET', '/theirs').answer).status).toBe(418);
    expect((await sendRequest(place, 'GET', '/ours').answer).status).toBe(200);
    server.off('request', app).on('request', transport.handle);
    expect((await sendRequest(place, 'GET', '/theirs').answer).status).toBe(200);
    expect(gateway.requests.map(({ path }) => path)).toEqual(['/ours', '/theirs']);
  });

  for (const [name, framework] of [
    ['Express 5', express],
    ['Express 4', express4],
  ] as const) {
    it(`${name}: requests and upgrades under a mount path have the same complete path`, async () => {
      const app = framework();
      const { server, place } = await serverOf(app);
      const { transport, gateway } = await attach(server, { owns: () => true });
      app.use('/mount', transport.handle);
      await sendRequest(place, 'GET', '/mount/ours?a=1').answer;
      await openWebSocket(place, '/mount/ours?a=1');
      for (const seen of [gateway.requests[0], gateway.upgrades[0]]) {
        expect(seen).toMatchObject({ path: '/mount/ours', query: 'a=1' });
      }
    });

    it(`${name}: a prefix is removed from both, and paths outside of it are ignored`, async () => {
      const app = framework();
      const { server, place } = await serverOf(app);
      const { transport, gateway } = await attach(server, {
        owns: () => true,
        mounts: { paths: () => ['/mount/'], mayBeRouted: false },
      });
      app.use('/mount', transport.handle);
      await sendRequest(place, 'GET', '/mount/ours?a=1').answer;
      await sendRequest(place, 'GET', '/mount').answer;
      await openWebSocket(place, '/mount/ours?a=1');
      expect((await openWebSocket(place, '/mountain/ours')).refusal?.status).toBe(404);
      expect(gateway.requests.map(({ path }) => path)).toEqual(['/ours', '/']);
      expect(gateway.upgrades.map(({ path, query }) => [path, query])).toEqual([['/ours', 'a=1']]);
    });
  }

  it('headers that a middleware set before are replaced, not doubled', async () => {
    const { server, place } = await serverOf();
    const { transport, gateway } = await attach(server);
    gateway.answerRequest = (exchange) =>
      exchange.respond({ status: 200, headers: [['access-control-allow-origin', 'http://a.example']], body: '' });
    const cors: express.RequestHandler = (_, response, next) => {
      response.setHeader('access-control-allow-origin', '*');
      next();
    };
    server.on('request', express().use(cors).use(transport.handle));
    const { headers } = await sendRequest(place, 'GET', '/ours').answer;
    expect(headers.filter(([name]) => name === 'access-control-allow-origin')).toEqual([
      ['access-control-allow-origin', 'http://a.example'],
    ]);
  });
});

describe('attached: a server without timeouts', () => {
  it('a response that is not read costs its connection, and one that is read does not', async () => {
    const { server, place } = await serverOf();
    const { transport, gateway } = await attach(server, { handshakeTimeout: 1_000 });
    server.keepAliveTimeout = 0;
    server.on('request', transport.handle);
    gateway.answerRequest = (exchange) => exchange.respond({ status: 200, headers: [], body: 'x'.repeat(8_000_000) });
    const [reader, other] = [await RawConnection.open(place), await RawConnection.open(place)];
    other.stopReading();
    for (const line of [reader, other]) line.send('GET /ours HTTP/1.1\r\nHost: x\r\n\r\n');
    await connectionsOf(server, 1);
    await until('the response is received', () => reader.received.length > 8_000_000);
    reader.send('GET /ours HTTP/1.1\r\nHost: x\r\n\r\n');
    await until('the next response is received', () => reader.received.length > 16_000_000);
    other.cut();
    reader.cut();
  });
});

describe('attached: the server of an embedding program', () => {
  it('stop ends the connections of the broker, and leaves the server and all others open', async () => {
    const { server, place } = await serverOf((_, response) => void response.end('theirs'));
    const theirs = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request: IncomingMessage, socket, head) => {
      if (request.url === '/theirs') theirs.handleUpgrade(request, socket, head, () => undefined);
    });
    const { transport, gateway } = await attach(server);
    const [ours, other] = [await openWebSocket(place, '/ours'), await openWebSocket(place, '/theirs')];
    await transport.stop();
    expect(gateway.connections.map(({ closedCount }) => closedCount)).toEqual([1]);
    await until('the connection of the broker is closed', () => ours.state === 'closed');
    expect(other.state).toBe('open');
    expect((await sendRequest(place, 'GET', '/').answer).body).toBe('theirs');
    expect([server.listening, server.listenerCount('upgrade')]).toEqual([true, 1]);
    other.cut();
  });

  it('requests before listen and after stop are answered with 503, or passed to the next handler', async () => {
    const { server, place } = await serverOf();
    const transport = new AttachedTransport({ ...BOUNDS, server, owns: () => true });
    server.on('request', transport.handle);
    expect((await sendRequest(place, 'GET', '/').answer).status).toBe(503);
    await transport.listen(new RecordingGateway());
    expect((await sendRequest(place, 'GET', '/').answer).status).toBe(200);
    await transport.stop();
    expect((await sendRequest(place, 'GET', '/').answer).status).toBe(503);
  });

  it('the address is returned as client as the server has one', async () => {
    const { server, place } = await serverOf();
    const gateway = new RecordingGateway();
    const settings = { ...BOUNDS, owns: () => true };
    await expect(new AttachedTransport({ ...settings, server }).listen(gateway)).resolves.toEqual({ ...place });
    await expect(new AttachedTransport({ ...settings, server: createServer() }).listen(gateway)).resolves.toMatchObject({
      port: 0,
    });
  });
});

describe('attached: createWebSocketServer', () => {
  it('a WebSocketServer of the embedding program handles handshakes, and emits its own events', async () => {
    const { server, place } = await serverOf();
    let theirs: WebSocketServer | undefined;
    const createWebSocketServer = (options: object): WebSocketServer =>
      (theirs = new WebSocketServer({ ...options, perMessageDeflate: true }));
    const { gateway } = await attach(server, { createWebSocketServer });
    const connected = once(theirs as unknown as WebSocketServer, 'connection');
    const client = await openWebSocket(place, '/ours');
    await connected;
    client.send('x'.repeat(10_000));
    await until('the report is made', () => gateway.connections[0]?.frames.length === 1);
    gateway.connections[0]?.socket.write(new TextEncoder().encode('heard'));
    await until('the text is received', () => client.received[0] === 'heard');
    expect(theirs?.clients.size).toBe(1);
  });

  it('M18: the limit of the broker applies with any limit of the WebSocketServer', async () => {
    const { server, place } = await serverOf();
    const createWebSocketServer = (): WebSocketServer => new WebSocketServer({ noServer: true });
    const { gateway } = await attach(server, { createWebSocketServer, maxFrameBytes: 1_000 });
    const client = await openWebSocket(place, '/ours');
    client.send('x'.repeat(1_001));
    await until('the connection is closed', () => client.closed !== undefined);
    expect([client.closed?.code, gateway.connections[0]?.frames]).toEqual([1009, []]);
  });

  it('an upgrade that the WebSocketServer rejects is abandoned, also later', async () => {
    const { server, place } = await serverOf();
    const verifyClient = (_: unknown, answer: (isWelcome: boolean, code: number) => void): void =>
      void setImmediate(() => answer(false, 401));
    const createWebSocketServer = (options: object): WebSocketServer => new WebSocketServer({ ...options, verifyClient });
    const { gateway } = await attach(server, { createWebSocketServer });
    gateway.answerUpgrade = admissionOf;
    expect((await openWebSocket(place, '/ours')).refusal?.status).toBe(401);
    await until('the admission is abandoned', () => gateway.abandonedAdmissions.length === 1);
    expect(gateway.abandonedAdmissions[0]).toBe(gateway.accepted[0]);
  });

  it('an upgrade that the WebSocketServer never answers is closed after handshakeTimeout, and abandoned', async () => {
    const { server, place } = await serverOf();
    const createWebSocketServer = (options: object): WebSocketServer =>
      new WebSocketServer({ ...options, verifyClient: (_: unknown, __: unknown) => undefined });
    const { gateway } = await attach(server, { createWebSocketServer, handshakeTimeout: 50 });
    await expect(openWebSocket(place, '/ours')).rejects.toThrow();
    await until('the admission is abandoned', () => gateway.abandonedAdmissions.length === 1);
    expect(gateway.connections).toEqual([]);
  });

  it('a client that does not read its rejection is disconnected', async () => {
    const { server, place } = await serverOf();
    const { gateway } = await attach(server);
    gateway.answerUpgrade = () => ({ accept: false, response: { status: 403, headers: [], body: 'x'.repeat(8_000_000) } });
    const line = await RawConnection.open(place);
    line.stopReading();
    line.send(`GET /ours HTTP/1.1\r\n${UPGRADE}`);
    await until('the connection is rejected', () => gateway.upgrades.length === 1);
    await connectionsOf(server, 0);
    line.cut();
  });
});
