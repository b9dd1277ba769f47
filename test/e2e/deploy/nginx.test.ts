import { get } from 'node:http';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { startRedis } from '../../support/engines/redis-server.ts';
import { sendRequest } from '../../support/e2e/http.ts';
import { Nginx } from '../../support/e2e/nginx.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerOptions } from '../../support/e2e/server-kinds.ts';
import { until } from '../../support/e2e/until.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';

const PEERS = 6;
const TIMEOUT_MS = 60_000;
const RATE = 20;

/** The services of deploy/compose.redis.yaml as processes. */
describe('three brokers behind nginx', () => {
  let redis: EngineServer;
  let servers: Server[];
  let nginx: Nginx;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    const options: ServerOptions = {
      ...{ cluster: redis.url, proxied: 1, all: true, mercure_open: true, log_level: 'error', drain_timeout: 2_000 },
      ...{ http_rate_limit: RATE, http_rate_window: 3_600_000, drain_spread: 1_500, cluster_lease: 30_000 },
    };
    const kinds = [SIGNALBOX_UWS, SIGNALBOX_NODE, SIGNALBOX_UWS];
    servers = await Promise.all(kinds.map((kind) => Server.start({ kind, options })));
    nginx = await Nginx.inFrontOf(servers);
  });
  afterEach(async () => {
    await nginx.stop();
    for (const server of servers) await server.stop();
  });

  it('M1: peers of all brokers reach each other, and the log contains no token', async () => {
    const peers = await Promise.all(Array.from({ length: PEERS }, () => nginx.connectPeer('peer')));
    for (const from of peers) for (const to of peers) if (from !== to) from.sendOffer(to.id, from.id);
    for (const peer of peers) {
      const received = await peer.receiveMany(PEERS - 1);
      expect(received.map(({ src }) => src).sort()).toEqual(
        peers
          .filter((other) => other !== peer)
          .map(({ id }) => id)
          .sort(),
      );
    }
    for (const peer of peers) peer.cut();
    const served = await until(TIMEOUT_MS, 'the log', () => logged(nginx.log));
    expect(served.size).toBe(servers.length);
    for (const { token } of peers) expect(nginx.log).not.toContain(token);
  });

  it('MER2: server-sent events are not buffered', async () => {
    const topic = uniqueName('topic');
    const target = `/.well-known/mercure?topic=${topic}`;
    const streams = servers.map(() => nginx.rawConnection().send(`GET ${target} HTTP/1.1\r\nhost: a\r\n\r\n`));
    for (const stream of streams) await stream.receive(/200 OK/);
    const form = `topic=${topic}&data=hello`;
    const head = `POST /.well-known/mercure HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\n`;
    const poster = nginx.rawConnection().send(`${head}content-length: ${form.length}\r\nconnection: close\r\n\r\n${form}`);
    await poster.receive(/200 OK/);
    for (const stream of streams) await stream.receive(/data: ?hello/);
  });

  it('SIO1: long polling stays at the same broker', async () => {
    const namespace = uniqueName('room');
    const sockets = [1, 2].map(() => io(`http://${nginx.host}:${nginx.port}`, { transports: ['polling'], forceNew: true }));
    const [ann, bob] = sockets as [Socket, Socket];
    const received: unknown[] = [];
    bob.on('message', (name: string, data: unknown) => received.push([name, data]));
    for (const one of sockets) await one.timeout(TIMEOUT_MS).emitWithAck('subscribe', namespace);
    await ann.timeout(TIMEOUT_MS).emitWithAck('publish', namespace, [1, 2, 3]);
    await until(TIMEOUT_MS, 'the message', () => received.length > 0 || undefined);
    expect(received).toEqual([[namespace, [1, 2, 3]]]);
    for (const one of sockets) one.disconnect();
  });

  it('fails over from a broker that was killed or drains', async () => {
    const [first, second] = servers as [Server, Server, Server];
    const peers = await Promise.all(Array.from({ length: PEERS }, () => nginx.connectPeer('peer')));
    first.signal('SIGKILL');
    await first.exited;
    second.signal('SIGTERM');
    // A client that connects in the moment when the drain begins gets 503 and must retry.
    await until(TIMEOUT_MS, 'the second to drain', async () => {
      return !second.isRunning || (await sendRequest(second, '/readyz')).status === 503 || undefined;
    });
    for (let n = 0; n < PEERS; n++) await nginx.connectPeer('new');
    await second.exited;
    for (const { id, token, isOpen } of peers) if (!isOpen) await nginx.connectPeer('peer', { id, token });
  });

  it('H10: limits for each address apply to the clients, not to nginx', async () => {
    const statuses: (number | undefined)[] = [];
    for (let n = 0; n < 3 * RATE + 1; n++) statuses.push(await statusFrom(nginx, '127.0.0.2'));
    expect(statuses.slice(0, RATE)).toEqual(Array.from({ length: RATE }, () => 200));
    // With this number of requests at least one broker exceeds its limit for any distribution by nginx.
    expect(statuses).toContain(429);
    expect(await statusFrom(nginx, '127.0.0.3')).toBe(200);
  });
});

function statusFrom({ host, port }: Nginx, localAddress: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ host, port, path: '/peerjs/id', localAddress, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject);
  });
}

/** The brokers to which nginx has passed WebSockets, when all are logged; undefined before. */
function logged(log: string): Set<string> | undefined {
  const lines = [...log.matchAll(/"GET \/peerjs" 101 \S+ \S+ (\S+) 101$/gm)].map(([, upstream]) => upstream ?? '');
  return lines.length >= PEERS ? new Set(lines) : undefined;
}
