import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Server as SocketIoServer } from 'socket.io';
import { io } from 'socket.io-client';
import { WebSocketServer } from 'ws';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ConfigError,
  ExpressPeerServer,
  ListenError,
  PeerServer,
  type DropInOptions,
  type PeerServerHandler,
} from '../../../src/composition/library.ts';
import type { IClient } from '../../../src/composition/drop-in-types.ts';
import {
  sendRequest,
  openWebSocket,
  type WebSocketClient,
  type Endpoint,
} from '../../../src/contracts/transports/network-client.ts';
import { TLS_FILES, TRUSTED } from '../../support/tls-files.ts';
import { until, within } from '../../support/e2e/until.ts';
import { EMBEDDINGS, type Host } from './hosts.ts';

const TIMEOUT_MS = 60_000;

let host: Host | undefined;
afterEach(async () => {
  await host?.stop();
  host = undefined;
});

const peer = (endpoint: Endpoint, id: string, path = '/app/peerjs'): Promise<WebSocketClient> =>
  openWebSocket(endpoint, `${path}?key=peerjs&id=${id}&token=t`);

const framesOf = (end: WebSocketClient, count: number): Promise<string[]> =>
  until(TIMEOUT_MS, `${count} frames`, () => (end.received.length >= count ? [...end.received] : undefined));

describe.each(Object.entries(EMBEDDINGS))('embedded in %s', (_, embed) => {
  const start = async (options: DropInOptions = {}): Promise<Host> => (host = await embed(options));

  it('O3 M1: delivers a message between two peers', async () => {
    const { endpoint } = await start();
    const [ann, bob] = [await peer(endpoint, 'ann'), await peer(endpoint, 'bob')];
    await framesOf(bob, 1);
    ann.send('{"type":"OFFER","dst":"bob","payload":{"sdp":1}}');
    expect(await framesOf(bob, 2)).toEqual(['{"type":"OPEN"}', '{"type":"OFFER","src":"ann","dst":"bob","payload":{"sdp":1}}']);
  });

  it('H2: serves its own paths and forwards all others to the program', async () => {
    const { endpoint } = await start();
    expect((await sendRequest(endpoint, 'GET', '/app/peerjs/id').answer).body).toMatch(/^[0-9a-f-]{36}$/);
    expect((await sendRequest(endpoint, 'GET', '/hello').answer).body).toBe('hello');
  });

  it('H16: answers a GET without an upgrade on its socket path', async () => {
    const { endpoint } = await start();
    const answer = await sendRequest(endpoint, 'GET', '/app/peerjs').answer;
    expect([answer.status, new Map(answer.headers).get('upgrade'), answer.body]).toEqual([
      426,
      'websocket',
      expect.stringContaining('proxy'),
    ]);
  });

  it('emits the events connection, message and disconnect of peer', async () => {
    const { endpoint, peers } = await start();
    const seen: unknown[] = [];
    peers.on('connection', (client) => seen.push(['connection', client.getId(), client.getToken()]));
    peers.on('message', (client, message) => seen.push(['message', client.getId(), message]));
    peers.on('disconnect', (client) => seen.push(['disconnect', client.getId()]));
    const ann = await peer(endpoint, 'ann');
    await framesOf(ann, 1);
    ann.send('{"type":"OFFER","dst":"nobody","payload":{"n":1}}');
    await until(TIMEOUT_MS, 'the message', () => seen[1]);
    ann.close();
    await until(TIMEOUT_MS, 'the disconnection', () => seen[2]);
    expect(seen).toEqual([
      ['connection', 'ann', 't'],
      ['message', 'ann', { type: 'OFFER', src: 'ann', dst: 'nobody', payload: { n: 1 } }],
      ['disconnect', 'ann'],
    ]);
  });

  it('sends to a client and closes its connection', async () => {
    const { endpoint, peers } = await start();
    const clients: IClient[] = [];
    peers.on('connection', (client) => clients.push(client));
    const ann = await peer(endpoint, 'ann');
    const client = await until(TIMEOUT_MS, 'the client', () => clients[0]);
    client.send({ type: 'HELLO' });
    client.getSocket()?.send('{"type":"AGAIN"}');
    expect(await framesOf(ann, 3)).toEqual(['{"type":"OPEN"}', '{"type":"HELLO"}', '{"type":"AGAIN"}']);
    client.getSocket()?.close(4321, 'enough');
    expect(await until(TIMEOUT_MS, 'the close', () => ann.closed)).toEqual({ code: 4321, why: 'enough' });
    expect(client.getSocket()).toBeNull();
  });

  it('O5: returns the socket that the WebSocketServer of the program has marked', async () => {
    const marks: unknown[] = [];
    const { endpoint, peers } = await start({
      createWebSocketServer: (options) => {
        const webSockets = new WebSocketServer(options);
        webSockets.on('connection', (socket, request) => Object.assign(socket, { mark: request.url }));
        return webSockets;
      },
    });
    peers.on('connection', (client) => {
      const socket = client.getSocket();
      marks.push((socket as unknown as { mark: string }).mark, socket === client.getSocket(), socket?.readyState);
      // OPEN waits for the end of the turn, and must stay the first frame.
      socket?.send('{"type":"HELLO"}');
    });
    const ann = await peer(endpoint, 'ann');
    expect(await framesOf(ann, 2)).toEqual(['{"type":"OPEN"}', '{"type":"HELLO"}']);
    expect(marks).toEqual([expect.stringContaining('id=ann'), true, 1]);
  });

  it('registers no peer for a socket that the WebSocketServer of the program closes', async () => {
    const { endpoint, peers } = await start({
      createWebSocketServer: (options) => {
        const webSockets = new WebSocketServer(options);
        webSockets.on('connection', (socket, { url }) => url?.includes('id=eve') === true && socket.close(4000, 'not you'));
        return webSockets;
      },
    });
    const seen: string[] = [];
    peers.on('connection', (client) => seen.push(client.getId()));
    const eve = await peer(endpoint, 'eve');
    expect(await until(TIMEOUT_MS, 'the close', () => eve.closed)).toEqual({ code: 4000, why: 'not you' });
    await framesOf(await peer(endpoint, 'ann'), 1);
    expect(seen).toEqual(['ann']);
  });

  it('promise 6: survives malformed frames and listeners that throw, without an error listener', async () => {
    const { endpoint, peers } = await start();
    peers.on('connection', () => {
      throw new Error('bug in the program');
    });
    const ann = await peer(endpoint, 'ann');
    await framesOf(ann, 1);
    for (const frame of ['{', 'null', '5', '"x"']) ann.send(frame);
    ann.send('{"type":"OFFER","dst":"ann"}');
    expect((await framesOf(ann, 2))[1]).toBe('{"type":"OFFER","src":"ann","dst":"ann"}');
  });

  it('H2: takes ids from generateClientId', async () => {
    const { endpoint } = await start({ generateClientId: () => 'chosen' });
    expect((await sendRequest(endpoint, 'GET', '/app/peerjs/id').answer).body).toBe('chosen');
  });

  it('H6: accepts a list with a pattern as corsOptions.origin', async () => {
    const { endpoint } = await start({ corsOptions: { origin: [/\.example$/, 'https://a.test'] } });
    const allowed = await sendRequest(endpoint, 'GET', '/app/peerjs/id', { headers: { origin: 'https://b.example' } }).answer;
    expect(allowed.headers).toContainEqual(['access-control-allow-origin', 'https://b.example']);
    const other = await sendRequest(endpoint, 'GET', '/app/peerjs/id', { headers: { origin: 'https://evil.test' } }).answer;
    expect(other.headers.map(([name]) => name)).not.toContain('access-control-allow-origin');
  });

  it('works with Socket.IO on the same server', async () => {
    const { endpoint, server } = await start();
    const socketIo = new SocketIoServer(server);
    socketIo.on('connection', (socket) => socket.on('ping', (respond: (text: string) => void) => respond('pong')));
    const socketIoClient = io(`http://${endpoint.host}:${endpoint.port}`, { transports: ['websocket'], reconnection: false });
    try {
      expect(await socketIoClient.timeout(TIMEOUT_MS).emitWithAck('ping')).toBe('pong');
      const ann = await peer(endpoint, 'ann');
      expect(await framesOf(ann, 1)).toEqual(['{"type":"OPEN"}']);
    } finally {
      socketIoClient.close();
      socketIo.engine.close();
    }
  });

  it('uses the WebSocketServer of the program', async () => {
    let made = 0;
    const { endpoint } = await start({
      createWebSocketServer: (options) => {
        made++;
        return new WebSocketServer(options);
      },
    });
    expect(await framesOf(await peer(endpoint, 'ann'), 1)).toEqual(['{"type":"OPEN"}']);
    expect(made).toBe(1);
  });
});

const endpointOf = (server: Server): Endpoint => ({
  host: '127.0.0.1',
  port: (server.address() as AddressInfo).port,
  secure: false,
});

const own = (options: DropInOptions = {}): Promise<{ server: Server; peers: PeerServerHandler }> =>
  new Promise((resolve) => {
    const peers: PeerServerHandler = PeerServer({ port: 0, host: '127.0.0.1', ...options }, (server) =>
      resolve({ server, peers }),
    );
  });

describe('PeerServer', () => {
  it('creates and stops a server, and passes it to the callback', async () => {
    const { server, peers } = await own({ path: '/myapp' });
    const ann = await peer(endpointOf(server), 'ann', '/myapp/peerjs');
    expect(await framesOf(ann, 1)).toEqual(['{"type":"OPEN"}']);
    await peers.stop();
    expect((await until(TIMEOUT_MS, 'the close', () => ann.closed)).code).toBe(1012);
    expect(server.listening).toBe(false);
  });

  it('emits error for a port in use', async () => {
    const { server, peers } = await own();
    const second = PeerServer({ port: endpointOf(server).port, host: '127.0.0.1' });
    const [error] = (await once(second, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('EADDRINUSE');
    await peers.stop();
  });

  it.each(['sslkey and sslcert', 'ssl'])('serves only TLS with %s', async (by) => {
    const { keyFile, certFile } = TLS_FILES;
    const ssl = { key: readFileSync(keyFile), cert: readFileSync(certFile) };
    const { server, peers } = await own(by === 'ssl' ? { ssl } : { sslkey: keyFile, sslcert: certFile });
    const endpoint = endpointOf(server);
    expect((await sendRequest({ ...endpoint, secure: true, trusted: TRUSTED }, 'GET', '/peerjs/id').answer).status).toBe(200);
    await expect(sendRequest(endpoint, 'GET', '/peerjs/id').answer).rejects.toThrow();
    await peers.stop();
  });

  it('throws for an unreadable certificate', () => {
    expect(() => PeerServer({ sslkey: 'no-such-key.pem', sslcert: 'no-such.pem' })).toThrow(ListenError);
  });

  it('H11: enforces max_header_bytes and max_url_bytes', async () => {
    const { server, peers } = await own({ max_header_bytes: 2048, max_url_bytes: 512 });
    const endpoint = endpointOf(server);
    expect((await sendRequest(endpoint, 'GET', '/peerjs/id', { headers: { x: 'x'.repeat(4000) } }).answer).status).toBe(431);
    expect((await sendRequest(endpoint, 'GET', `/peerjs/id?x=${'x'.repeat(600)}`).answer).status).toBe(414);
    await peers.stop();
  });

  it.each([
    ['head', 'GET / HTTP/1.1\r\nhost: a\r\n'],
    ['body', 'POST /peerjs/id HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n1'],
  ])('closes a connection whose %s is incomplete after handshake_timeout', async (_, text) => {
    const { server, peers } = await own({ handshake_timeout: 300 });
    const socket = connect(endpointOf(server).port, '127.0.0.1').resume();
    const closed = once(socket, 'close');
    socket.write(text);
    await within(TIMEOUT_MS, 'the connection to be closed', closed);
    await peers.stop();
  });

  it('names an invalid option, its value and the allowed values', () => {
    expect(() => PeerServer({ port: 70_000 })).toThrow(ConfigError);
    expect(() => PeerServer({ port: 70_000 })).toThrow(/port.*70000.*65535/);
    expect(() => ExpressPeerServer(undefined as unknown as Server)).toThrow(/server is missing/);
  });
});
