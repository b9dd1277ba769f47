import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Socket } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import { sendRequest, type Answer } from '../../support/e2e/http.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { until, within } from '../../support/e2e/until.ts';
import { handshake } from '../fuzz/inputs.ts';

/* Admission of Socket.IO sessions: rejected requests, connection limits and tokens; and clients of all versions. */

const TIMEOUT_MS = 60_000;
const MAX_CONNECTIONS = 12;
const SECRET = 'a shared secret of more than 32 characters';
const require = createRequire(import.meta.url);

type Connect = (url: string, options: Readonly<Record<string, unknown>>) => Socket;

/** The official client of a major version. Version 2 has no types. */
function clientOf(name: string): Connect {
  const client = require(name) as Connect & { readonly io?: Connect };
  return client.io ?? client;
}

const io = clientOf('socket.io-client');

function tokenFor(mercure: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256' })}.${part({ mercure })}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('Socket.IO on $name', (kind) => {
  const sockets: Socket[] = [];
  const servers: Server[] = [];
  afterEach(async () => {
    sockets.splice(0).forEach((socket) => socket.close());
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  async function serve(options: Readonly<Record<string, unknown>>): Promise<Server> {
    const server = await Server.start({ kind, options: { dialects: ['peerjs', 'socketio'], ...options } });
    servers.push(server);
    return server;
  }

  function connectTo({ host, port }: Server, options: Readonly<Record<string, unknown>> = {}, connect = io): Socket {
    const socket = connect(`http://${host}:${port}`, { forceNew: true, reconnection: false, ...options });
    sockets.push(socket);
    return socket;
  }

  /** The first argument of the next such event. */
  const next = (socket: Socket, event: string): Promise<unknown> =>
    within(TIMEOUT_MS, `the event ${event}`, new Promise((resolve) => socket.once(event, resolve)));
  const acked = (socket: Socket, ...event: [string, ...unknown[]]): Promise<unknown> =>
    within(TIMEOUT_MS, `${event[0]} to be acknowledged`, new Promise((resolve) => socket.emit(...event, resolve)));

  /** The status line of the response to an upgrade. The connection is then reset. */
  async function upgradeStatus(server: Server, target: string): Promise<string> {
    const connection = server.rawConnection().send(handshake(target));
    await connection.receive(/HTTP\/1\.1 \d+[^\r]*\r\n\r?/);
    const [line = ''] = connection.received.split('\r\n');
    connection.cut();
    return line;
  }

  /** The number of connections that can still be opened. */
  async function freeConnections(server: Server): Promise<number> {
    const connections = Array.from({ length: MAX_CONNECTIONS + 1 }, () =>
      server.rawConnection().send(handshake('/socket.io/?EIO=4&transport=websocket')),
    );
    for (const connection of connections) await connection.receive(/HTTP\/1\.1 \d+/);
    const accepted = connections.filter(({ received }) => received.startsWith('HTTP/1.1 101')).length;
    for (const connection of connections) connection.cut();
    return accepted;
  }

  it('SIO9: a rejected request gets a status, ends no session, and is not counted as a connection', async () => {
    const server = await serve({ max_connections_per_address: MAX_CONNECTIONS });
    const statuses = async (targets: readonly string[], method = 'GET'): Promise<number[]> => {
      const answers: Answer[] = [];
      for (const target of targets) answers.push(await sendRequest(server, target, { method }));
      return answers.map(({ status }) => status);
    };
    const bad = [
      'EIO=3&transport=polling',
      'EIO=4&transport=polling&j=0',
      'EIO=4&transport=x',
      'EIO=4&transport=polling&sid=x',
      '',
    ];
    for (let round = 0; round < 3; round++) {
      expect(await statuses(bad.flatMap((query) => [`/socket.io/?${query}`, `/socket.io?${query}`]))).toEqual(
        Array(10).fill(400),
      );
      for (const method of ['HEAD', 'PUT', 'DELETE']) {
        expect(await statuses(['/socket.io/?EIO=4&transport=polling'], method)).toEqual([405]);
      }
      for (const query of ['EIO=4&transport=polling', 'EIO=3&transport=websocket', 'EIO=4&transport=websocket&sid=x', '']) {
        for (const path of ['/socket.io/', '/socket.io']) {
          expect(await upgradeStatus(server, `${path}?${query}`)).toMatch(/^HTTP\/1\.1 400/);
        }
      }
      expect(await upgradeStatus(server, '/socket.io/x?EIO=4&transport=websocket')).toMatch(/^HTTP\/1\.1 404/);
    }
    await until(TIMEOUT_MS, 'all connections to be free', async () =>
      (await freeConnections(server)) === MAX_CONNECTIONS ? true : undefined,
    );
    expect(server.isRunning).toBe(true);
  });

  it('SIO7, SIO9: counts open sessions exactly: with unfinished handshakes, upgrades and ended sessions', async () => {
    const server = await serve({ max_connections_per_address: MAX_CONNECTIONS, handshake_timeout: 5_000 });
    for (let round = 0; round < MAX_CONNECTIONS * 2; round++) {
      server.rawConnection().send(handshake('/socket.io/?EIO=4&transport=websocket')).cut();
      server.rawConnection().send('GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n').cut();
    }
    // Polling sessions that never connect count until `handshake_timeout`.
    await until(TIMEOUT_MS, 'all connections to be free', async () =>
      (await freeConnections(server)) === MAX_CONNECTIONS ? true : undefined,
    );
    const open = [['polling'], ['websocket'], ['polling', 'websocket']].map((transports) =>
      connectTo(server, { transports, reconnection: true, reconnectionDelay: 50 }),
    );
    await Promise.all(open.map((socket) => acked(socket, 'subscribe', 'a')));
    await until(TIMEOUT_MS, 'a session to be upgraded', () =>
      open[2]?.io.engine.transport.name === 'websocket' ? true : undefined,
    );
    const other = open[0]?.io.socket('/other');
    if (other !== undefined) await next(other.connect(), 'connect_error');
    await until(TIMEOUT_MS, 'three connections to be counted', async () =>
      (await freeConnections(server)) === MAX_CONNECTIONS - 3 ? true : undefined,
    );
    for (const socket of open) socket.close();
    await until(TIMEOUT_MS, 'all connections to be free again', async () =>
      (await freeConnections(server)) === MAX_CONNECTIONS ? true : undefined,
    );
  });

  it.each([
    ['socket.io-client2', ['polling']],
    ['socket.io-client2', ['websocket']],
    ['socket.io-client2', ['polling', 'websocket']],
    ['socket.io-client3', ['polling', 'websocket']],
  ])('SIO1, SIO3, SIO11: %s over %j', async (name, transports) => {
    const server = await serve({ socketio_eio3: true });
    const [ann, bob] = [connectTo(server, { transports }, clientOf(name)), connectTo(server, { transports }, clientOf(name))];
    const received: unknown[] = [];
    bob.on('message', (_: string, data: unknown) => void received.push(data));
    await acked(bob, 'subscribe', 'a');
    ann.emit('publish', 'a', [1, 2]);
    await acked(ann, 'publish', 'a', Buffer.of(3));
    await until(TIMEOUT_MS, 'both messages to arrive', () => (received.length === 2 ? true : undefined));
    expect(received).toEqual([[1, 2], [3]]);
  });

  it('SIO11: without the option, a client of version 2 gets an error', async () => {
    const server = await serve({});
    const error = await next(connectTo(server, { transports: ['polling'] }, clientOf('socket.io-client2')), 'connect_error');
    expect(error).toBeInstanceOf(Error);
  });

  it('SIO10: enforces the tokens of Mercure for connecting, publishing and private updates', async () => {
    const keys = { mercure_publisher_key: SECRET, mercure_subscriber_key: SECRET };
    const server = await serve({ dialects: ['peerjs', 'mercure', 'socketio'], ...keys });
    const [missing, invalid] = ['Authentication required', 'Invalid token'];
    const refusal = (text: string): object => ({ message: text, data: { code: 4401, text } });
    expect(await next(connectTo(server), 'connect_error')).toMatchObject(refusal(missing));
    expect(await next(connectTo(server, { auth: { token: 'a.b.c' } }), 'connect_error')).toMatchObject(refusal(invalid));
    const reader = connectTo(server, { auth: { token: tokenFor({ subscribe: ['a'] }) } });
    const other = connectTo(server, { query: { token: tokenFor({ subscribe: ['b'] }) } });
    const writer = connectTo(server, { extraHeaders: { authorization: `Bearer ${tokenFor({ publish: ['a'] })}` } });
    const received: Record<string, unknown[]> = { reader: [], other: [] };
    for (const [name, socket] of Object.entries({ reader, other })) {
      socket.on('message', (_: string, data: unknown) => void received[name]?.push(data));
      await acked(socket, 'subscribe', 'a');
    }
    for (const socket of [reader, writer]) socket.emit('publish', 'b', [0]);
    reader.emit('publish', 'a', [1]);
    const update = { topic: 'a', data: 'Ag==', private: 'on' };
    const headers = {
      authorization: `Bearer ${tokenFor({ publish: ['a'] })}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const url = `http://${server.host}:${server.port}/.well-known/mercure`;
    expect((await fetch(url, { method: 'POST', headers, body: new URLSearchParams(update) })).status).toBe(200);
    await acked(writer, 'publish', 'a', [3]);
    await until(TIMEOUT_MS, 'the public message to arrive', () => (received['other']?.length === 1 ? true : undefined));
    await until(TIMEOUT_MS, 'both messages to arrive', () => (received['reader']?.length === 2 ? true : undefined));
    expect(received).toEqual({ reader: [[2], [3]], other: [[3]] });
  });

  it('A8: tokens that are not valid count for the address of the client', async () => {
    const keys = { mercure_publisher_key: SECRET, mercure_subscriber_key: SECRET };
    const server = await serve({ dialects: ['peerjs', 'mercure', 'socketio'], ...keys, auth_failures_per_minute: 2 });
    for (let n = 0; n < 2; n++) await next(connectTo(server, { auth: { token: 'a.b.c' } }), 'connect_error');
    const answer = await sendRequest(server, '/socket.io/?EIO=4&transport=polling');
    expect([answer.status, answer.body]).toEqual([429, 'Too many failed authentications from this address']);
  });

  it('SIO8: the broker stops in time with polling clients, and they receive a disconnect', async () => {
    const server = await serve({});
    const open = [connectTo(server, { transports: ['polling'] }), connectTo(server, { transports: ['polling'] })];
    await Promise.all(open.map((socket) => acked(socket, 'subscribe', 'a')));
    const disconnected = Promise.all(open.map((socket) => next(socket, 'disconnect')));
    expect(await server.drain()).toMatchObject({ code: 0 });
    await disconnected;
  });
});
