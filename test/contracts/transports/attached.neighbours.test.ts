import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import fastifyWebsocket from '@fastify/websocket';
import fastify from 'fastify';
import { Server as SocketIoServer } from 'socket.io';
import { io } from 'socket.io-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { AttachedTransport, type AttachmentSettings } from '../../../src/adapters/transports/node/attachment.ts';
import {
  openWebSocket,
  RawConnection,
  type WebSocketClient,
  type Endpoint,
} from '../../../src/contracts/transports/network-client.ts';
import { RecordingGateway } from '../../../src/contracts/transports/recording-gateway.ts';
import { BOUNDS } from '../../../src/contracts/transports/fixture.ts';

/* Several upgrade listeners on one server: each keeps its own WebSockets, in any order of registration. */

const cleanups: (() => unknown)[] = [];
let warnings: string[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  vi.restoreAllMocks();
});

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 40_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`timeout: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function newServer(): Server {
  warnings = [];
  vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)));
  return createServer((_, response) => void response.end('theirs'));
}

async function listening(server: Server): Promise<Endpoint> {
  const lines = new Set<Duplex>();
  server.on('connection', (line: Duplex) => void lines.add(line));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const line of lines) line.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, secure: false };
}

interface Broker {
  readonly transport: AttachedTransport;
  readonly gateway: RecordingGateway;
}

function brokerAt(path: string) {
  return async (server: Server, settings: Partial<AttachmentSettings> = {}): Promise<Broker> => {
    const transport = new AttachedTransport({ ...BOUNDS, server, owns: (asked) => asked.startsWith(path), ...settings });
    const gateway = new RecordingGateway();
    await transport.listen(gateway);
    cleanups.push(() => transport.stop());
    return { transport, gateway };
  };
}

const attachBroker = brokerAt('/ours');

/** Adds a `WebSocketServer` of `ws` that echoes. */
function attachWs(server: Server, options: { path?: string } = {}): WebSocketServer {
  const theirs = new WebSocketServer({ server, ...options });
  theirs.on('connection', (ws) => {
    ws.on('message', (text: Buffer) => ws.send(`echo ${text.toString()}`));
  });
  cleanups.push(() => {
    for (const ws of theirs.clients) ws.terminate();
  });
  return theirs;
}

async function expectEcho(place: Endpoint, path: string): Promise<WebSocketClient> {
  const client = await openWebSocket(place, path);
  client.send('hello');
  await until('the echo is received', () => client.received[0] === 'echo hello');
  return client;
}

async function expectOurs(place: Endpoint, { gateway }: Broker, path = '/ours'): Promise<WebSocketClient> {
  const before = gateway.connections.length;
  const client = await openWebSocket(place, path);
  client.send('hello');
  await until('the frame is reported', () => gateway.connections[before]?.frames.length === 1);
  return client;
}

const WS_SERVERS = { 'without a path': { options: {}, at: '/' }, 'with a path': { options: { path: '/chat' }, at: '/chat' } };
const ORDERS: readonly (readonly ('broker' | 'ws')[])[] = [
  ['broker', 'ws'],
  ['ws', 'broker'],
];

describe('attached, beside a WebSocketServer of ws', () => {
  for (const [what, { options, at }] of Object.entries(WS_SERVERS)) {
    for (const order of ORDERS) {
      it(`${what}, ${order.join(' before ')}: both receive their WebSockets, repeatedly`, async () => {
        const server = newServer();
        let broker: Broker | undefined;
        for (const one of order) {
          if (one === 'ws') attachWs(server, options);
          else broker = await attachBroker(server);
        }
        const place = await listening(server);
        const clients = [
          await expectOurs(place, broker as Broker),
          await expectEcho(place, at),
          await expectOurs(place, broker as Broker),
        ];
        await expectEcho(place, at);
        expect(clients.map(({ state }) => state)).toEqual(['open', 'open', 'open']);
        expect(warnings).toEqual([]);
      });
    }
  }

  it('added while peers are connected, behind or before every other listener', async () => {
    const server = newServer();
    const broker = await attachBroker(server);
    const place = await listening(server);
    const first = await expectOurs(place, broker);
    attachWs(server, { path: '/late' });
    const prepended = new WebSocketServer({ noServer: true });
    server.prependListener('upgrade', (raw: IncomingMessage, stream: Duplex, head: Buffer) => {
      if (raw.url === '/late') return;
      prepended.handleUpgrade(raw, stream, head, (ws) => ws.send('prepended'));
    });
    const second = await expectOurs(place, broker);
    await expectEcho(place, '/late');
    expect([first.state, second.state]).toEqual(['open', 'open']);
  });

  it('receives every path after the broker has stopped, and the server is restored', async () => {
    const server = newServer();
    const { emit } = server;
    attachWs(server);
    const { transport } = await attachBroker(server);
    expect(server.listenerCount('upgrade')).toBe(2);
    const place = await listening(server);
    await transport.stop();
    await expectEcho(place, '/ours');
    expect([server.listenerCount('upgrade'), Object.hasOwn(server, 'emit'), server.emit === emit]).toEqual([1, false, true]);
  });
});

describe('attached, beside others', () => {
  it('Socket.IO, added before or after: both receive their WebSockets', async () => {
    for (const isFirst of [true, false]) {
      const server = newServer();
      const attachTheirs = (): void => {
        const theirs = new SocketIoServer(server, { destroyUpgradeTimeout: 50 });
        cleanups.push(() => theirs.close());
        theirs.on('connection', (socket) => void socket.on('hello', (answer: (text: string) => void) => answer('theirs')));
      };
      if (isFirst) attachTheirs();
      const broker = await attachBroker(server);
      if (!isFirst) attachTheirs();
      const place = await listening(server);
      const client = io(`http://127.0.0.1:${place.port}`, { transports: ['websocket'] });
      cleanups.push(() => client.close());
      expect(await client.timeout(8_000).emitWithAck('hello')).toBe('theirs');
      await expectOurs(place, broker);
    }
  });

  it('Fastify with @fastify/websocket, which answers every path: both receive their WebSockets', async () => {
    const app = fastify();
    await app.register(fastifyWebsocket);
    app.get('/chat', { websocket: true }, (ws) => {
      ws.on('message', (text: Buffer) => ws.send(`echo ${text.toString()}`));
    });
    cleanups.push(() => app.close());
    const broker = await attachBroker(app.server);
    await app.listen({ host: '127.0.0.1', port: 0 });
    const place = { host: '127.0.0.1', port: (app.server.address() as AddressInfo).port, secure: false };
    await expectOurs(place, broker);
    await expectEcho(place, '/chat');
    expect((await openWebSocket(place, '/nobodys')).refusal?.status).toBe(404);
    await expectOurs(place, broker);
  });

  it('a router of the program that replaced all listeners and destroys unknown upgrades', async () => {
    const server = newServer();
    const broker = await attachBroker(server);
    server.removeAllListeners('upgrade').on('upgrade', (_: IncomingMessage, stream: Duplex) => stream.destroy());
    const place = await listening(server);
    await expectOurs(place, broker);
    await expect(openWebSocket(place, '/theirs')).rejects.toThrow();
  });

  it('a router of the program that emits an upgrade again, on the same or another server', async () => {
    const inner = newServer();
    const broker = await attachBroker(inner);
    const outer = createServer();
    outer.on('upgrade', (raw: IncomingMessage, stream: Duplex, head: Buffer) => {
      inner.emit('upgrade', raw, stream, head);
      inner.emit('upgrade', raw, stream, head);
    });
    const place = await listening(outer);
    await expectOurs(place, broker);
    expect(broker.gateway.upgrades).toHaveLength(1);
  });

  it('a listener that wrapped emit after the broker stays in place when the broker stops', async () => {
    const server = newServer();
    const { transport } = await attachBroker(server);
    const seen: unknown[] = [];
    const before = server.emit.bind(server) as (...given: unknown[]) => boolean;
    const wrapped = (...given: unknown[]): boolean => {
      if (given[0] === 'upgrade') seen.push(given[0]);
      return before(...given);
    };
    Object.assign(server, { emit: wrapped });
    await transport.stop();
    attachWs(server);
    const again = await attachBroker(server);
    const place = await listening(server);
    await expectEcho(place, '/');
    await expectOurs(place, again);
    expect([server.emit, seen]).toEqual([wrapped, ['upgrade', 'upgrade']]);
  });

  it('a WebSocket for a path of the broker that opens none is left to the others', async () => {
    const server = newServer();
    await attachBroker(server, { servesWebSocketAt: (path) => path === '/ours' });
    attachWs(server, { path: '/ours/chat' });
    const place = await listening(server);
    await expectEcho(place, '/ours/chat');
  });
});

describe('attached: a path with two owners', () => {
  it('two brokers: the first receives all WebSockets, and one warning names the path and the option', async () => {
    const server = newServer();
    const first = await attachBroker(server);
    const second = await brokerAt('/ours')(server);
    const place = await listening(server);
    await expectOurs(place, first);
    await expectOurs(place, first);
    expect(second.gateway.upgrades).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/Two brokers .* \/ours: .*option path/)]);
  });

  it('a rejected client while there are other listeners: one warning names the path and the option', async () => {
    const server = newServer();
    const { gateway } = await attachBroker(server);
    gateway.onOpened = ({ socket }) => socket.close(1008, 'No id, token, or key supplied to websocket server');
    attachWs(server, { path: '/ours' });
    const place = await listening(server);
    for (let n = 0; n < 2; n++) {
      const client = await openWebSocket(place, '/ours');
      await until('the connection is closed', () => client.closed !== undefined);
    }
    expect(warnings).toEqual([expect.stringMatching(/refused a WebSocket for \/ours.*option path/)]);
  });

  it('a rejected client without other listeners causes no warning', async () => {
    const server = newServer();
    const { gateway } = await attachBroker(server);
    gateway.answerUpgrade = () => ({ accept: false, response: { status: 403, headers: [], body: '' } });
    const place = await listening(server);
    expect((await openWebSocket(place, '/ours')).refusal?.status).toBe(403);
    expect(warnings).toEqual([]);
  });

  it('a socket that another listener has used is left alone: the admission is abandoned, with one warning', async () => {
    const server = newServer();
    const { gateway } = await attachBroker(server);
    const theirs = new WebSocketServer({ noServer: true });
    const before = server.emit.bind(server) as (...given: unknown[]) => boolean;
    Object.assign(server, {
      emit: (...given: unknown[]): boolean => {
        const [event, raw, stream, head] = given as [string, IncomingMessage, Duplex, Buffer];
        if (event === 'upgrade') theirs.handleUpgrade(raw, stream, head, (ws) => ws.send('theirs'));
        return before(...given);
      },
    });
    const place = await listening(server);
    const client = await openWebSocket(place, '/ours');
    await until('the text is received', () => client.received.length === 1);
    expect([client.state, gateway.abandonedAdmissions.length, gateway.connections.length]).toEqual(['open', 1, 0]);
    expect(warnings).toEqual([expect.stringMatching(/took a WebSocket for \/ours/)]);
    client.cut();
  });
});

it('attached: an upgrade behind unanswered requests is served after them', async () => {
  const server = createServer();
  const { transport, gateway } = await attachBroker(server);
  server.on('request', transport.handle);
  const place = await listening(server);
  const held: (() => void)[] = [];
  gateway.answerRequest = (exchange) => void held.push(() => exchange.respond({ status: 200, headers: [], body: 'first' }));
  const line = await RawConnection.open(place);
  line.send(
    'GET /ours HTTP/1.1\r\nHost: x\r\n\r\nGET /ours HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await until('the request is reported', () => held.length === 1);
  expect(gateway.upgrades).toEqual([]);
  held[0]?.();
  await until('the upgrade is accepted', () => line.received.includes('HTTP/1.1 101'));
  expect(line.received.indexOf('first')).toBeLessThan(line.received.indexOf('HTTP/1.1 101'));
  line.cut();
});

it('H21: attached: another upgrade behind a request that the program has not answered is answered after it', async () => {
  const server = createServer();
  await attachBroker(server, { owns: (path) => path === '/ours' });
  const theirs: (() => void)[] = [];
  server.on('request', (_, response) => void theirs.push(() => response.end('theirs')));
  const place = await listening(server);
  for (const path of ['/theirs', '/ours']) {
    const before = theirs.length;
    const line = await RawConnection.open(place);
    line.send(
      `GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`,
    );
    for (const count of [1, 2]) {
      await until('the request is reported', () => theirs.length === before + count);
      theirs.at(-1)?.();
      await until('the response is received', () => line.received.split('HTTP/1.1 200').length === count + 1);
    }
    line.cut();
  }
});
