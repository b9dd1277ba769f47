import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sendRequest } from '../../support/e2e/http.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { ScriptPages } from '../../support/e2e/script-pages.ts';
import { until, within } from '../../support/e2e/until.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';

/* The official Socket.IO client, and clients with the protocol of Peerix in Chromium. */

const TIMEOUT_MS = 60_000;
const MERCURE = '/.well-known/mercure';
const OPTIONS = { dialects: ['peerjs', 'mercure', 'socketio'], mercure_open: true };

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('Socket.IO on $name', (kind) => {
  let server: Server;
  let peers: ScriptPages;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    server = await Server.start({ kind, options: OPTIONS });
    peers = await ScriptPages.start('peerix.js');
  });
  afterEach(() => sockets.splice(0).forEach((socket) => socket.close()));
  afterAll(async () => {
    await peers.stop();
    await server.stop();
  });

  /** A client that subscribed to a namespace, and its received messages. */
  async function subscribe(namespace: string, transports = ['polling', 'websocket'], prefix = '', at = server) {
    const socket = io(`http://${at.host}:${at.port}`, { transports, reconnectionDelay: 50 });
    sockets.push(socket);
    const received: number[][] = [];
    socket.on(`${prefix}message`, (name: string, data: number[]) => void (name === namespace && received.push(data)));
    const acked = (event: string, ...args: unknown[]): Promise<unknown> =>
      socket.timeout(TIMEOUT_MS).emitWithAck(`${prefix}${event}`, ...args);
    await acked('subscribe', namespace);
    return { socket, received, acked };
  }

  it.each([[['polling']], [['websocket']], [['polling', 'websocket']]])('SIO1, SIO2, SIO3: over %j', async (transports) => {
    const namespace = uniqueName('namespace');
    const [ann, bob] = [await subscribe(namespace, transports), await subscribe(namespace, transports)];
    for (let number = 0; number < 20; number++) void ann.acked('publish', namespace, [number]);
    await until(TIMEOUT_MS, 'all messages to arrive', () => (bob.received.length === 20 ? true : undefined));
    expect([bob.received.flat(), ann.received]).toEqual([Array.from({ length: 20 }, (_, number) => number), []]);
    await bob.acked('unsubscribe', namespace);
    await ann.acked('publish', namespace, [1]);
    await bob.acked('publish', namespace, [2]);
    expect(bob.received.length).toBe(20);
  });

  it('SIO3, SIO4: accepts older event names, prefixes and bytes', async () => {
    const namespace = uniqueName('namespace');
    const [ann, bob] = [await subscribe(namespace, undefined, 'peerix:'), await subscribe(namespace)];
    await ann.acked('dispatch', namespace, [1, 2]);
    await bob.acked('publish', namespace, Buffer.of(3));
    await until(TIMEOUT_MS, 'both messages to arrive', () =>
      ann.received.length + bob.received.length === 2 ? true : undefined,
    );
    expect([ann.received, bob.received]).toEqual([[[3]], [[1, 2]]]);
  });

  it('SIO4: closes a client after many malformed events, and no other client', async () => {
    const namespace = uniqueName('namespace');
    const [ann, bob] = [await subscribe(namespace), await subscribe(namespace)];
    const disconnected = within(
      TIMEOUT_MS,
      'the server to disconnect',
      new Promise((resolve) => ann.socket.once('disconnect', resolve)),
    );
    for (let count = 0; count < 30; count++) ann.socket.emit('publish', { a: [count] }, null, Infinity, 'x');
    expect(await disconnected).toBe('io server disconnect');
    await bob.acked('publish', namespace, [1]);
  });

  it('SIO5: a client on SSE and a client on Socket.IO exchange offer, answer and candidates in both directions', async () => {
    const namespace = uniqueName('namespace');
    const [ann, bob] = await Promise.all([peers.openPage(), peers.openPage()]);
    const base = `http://${server.host}:${server.port}`;
    await ann.call('join', 'sse', `${base}${MERCURE}`, namespace);
    await bob.call('join', 'socketio', base, namespace);
    await ann.call('announce');
    for (const tab of [ann, bob]) await tab.waitFor('isConnected');
    await ann.call('send', 'hello');
    await bob.waitFor('received', 'hello');
    const [eve, sue] = await Promise.all([peers.openPage(), peers.openPage()]);
    const other = uniqueName('namespace');
    await eve.call('join', 'sse', `${base}${MERCURE}`, other);
    await sue.call('join', 'socketio', base, other);
    await sue.call('announce');
    for (const tab of [eve, sue]) await tab.waitFor('isConnected');
    await Promise.all([ann, bob, eve, sue].map((tab) => tab.close()));
  });

  it('SIO1, SIO3: two Peerix clients connect', async () => {
    const [ann, bob] = await Promise.all([peers.openPage(), peers.openPage()]);
    const namespace = uniqueName('namespace');
    for (const tab of [ann, bob]) await tab.call('join', 'socketio', `http://${server.host}:${server.port}`, namespace);
    await bob.call('announce');
    for (const tab of [ann, bob]) await tab.waitFor('isConnected');
    await Promise.all([ann.close(), bob.close()]);
  });

  it('SIO7: enforces the connection limit, and accepts a client again after another one closes', async () => {
    const small = await Server.start({ kind, options: { ...OPTIONS, max_connections: 1 } });
    const first = await subscribe('a', ['websocket'], '', small);
    const refused = io(`http://${small.host}:${small.port}`, { transports: ['websocket'], reconnection: false });
    sockets.push(refused);
    await within(TIMEOUT_MS, 'a refusal', new Promise((resolve) => refused.once('connect_error', resolve)));
    first.socket.close();
    await until(TIMEOUT_MS, 'an accepted connection', async () => {
      const next = io(`http://${small.host}:${small.port}`, { transports: ['websocket'], reconnection: false, forceNew: true });
      sockets.push(next);
      return new Promise<true | undefined>((resolve) => {
        next.once('connect', () => resolve(true));
        next.once('connect_error', () => resolve(undefined));
      });
    });
    await small.stop();
  });

  it('SIO8: a client reconnects to a restarted broker, and the broker stops in time', async () => {
    const first = await Server.start({ kind, options: OPTIONS });
    const ann = await subscribe('a', ['websocket'], '', first);
    const disconnected = within(TIMEOUT_MS, 'a disconnect', new Promise((resolve) => ann.socket.once('disconnect', resolve)));
    expect(await first.drain()).toMatchObject({ code: 0 });
    await disconnected;
    const second = await Server.start({ kind, options: OPTIONS, port: first.port });
    ann.socket.connect();
    await ann.acked('subscribe', 'a');
    await second.stop();
  });

  it('PeerJS works beside it, and a broker without the dialect answers 404', async () => {
    const [ann, bob] = [await server.connectPeer('ann'), await server.connectPeer('bob')];
    ann.sendOffer(bob.id, 1);
    expect(await bob.receive()).toMatchObject({ type: 'OFFER', payload: 1 });
    const other = await Server.start({ kind });
    expect((await sendRequest(other, '/socket.io/?EIO=4&transport=polling')).status).toBe(404);
    await other.stop();
  });
});
