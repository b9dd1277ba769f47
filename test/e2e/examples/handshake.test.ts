import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { LOOPBACK } from '../../support/e2e/server-kinds.ts';
import { within } from '../../support/e2e/until.ts';
import { PROGRAMS, RunningPeer, SERVER_PEER, type BrokerAddress } from './programs.ts';

const TIMEOUT_MS = 90_000;
const TOKEN = 'a+b/c=&d %20é';

/** The requests that a broker receives, up to the first heartbeat. It never accepts a request for ICE servers. */
interface Handshake {
  readonly address: BrokerAddress;
  readonly requests: string[];
  readonly authorization: Set<string | undefined>;
  readonly sockets: Record<string, string>[];
  readonly heartbeat: Promise<unknown>;
  stop(this: void): void;
}

async function recordingBroker(): Promise<Handshake> {
  const requests: string[] = [];
  const authorization = new Set<string | undefined>();
  const sockets: Record<string, string>[] = [];
  const server = createServer((request, response) => {
    const { pathname } = urlOf(request);
    requests.push(pathname);
    if (pathname === '/app/key/id') return response.end('given');
    authorization.add(request.headers.authorization);
    return response.writeHead(401).end();
  });
  const upgrades = new WebSocketServer({ server });
  const heartbeat = new Promise((resolve) => {
    upgrades.on('connection', (socket, request) => {
      sockets.push(Object.fromEntries(urlOf(request).searchParams));
      socket.send('{"type":"OPEN"}');
      socket.on('message', (bytes) => resolve(JSON.parse((bytes as Buffer).toString('utf8'))));
    });
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  const address = { host: LOOPBACK, port: (server.address() as AddressInfo).port, path: '/app/' };
  return { address, requests, authorization, sockets, heartbeat, stop };
}

function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? '', 'http://localhost');
}

describe('the requests of the examples', () => {
  // Concurrent, because each test waits for a heartbeat.
  it.concurrent.for(PROGRAMS)(
    'L3: $name sends its token unchanged, and heartbeats',
    async (program, { expect, onTestFinished }) => {
      const { address, requests, authorization, sockets, heartbeat, stop } = await recordingBroker();
      onTestFinished(stop);
      // The Node program needs an id, because it is meant to be found.
      const flags = program === SERVER_PEER ? { id: 'given' } : {};
      const peer = RunningPeer.start(program, address, { key: 'key', ...flags }, { PEER_TOKEN: TOKEN });
      onTestFinished(async () => {
        await peer.stop();
      });
      expect(await within(TIMEOUT_MS, 'a heartbeat', heartbeat)).toEqual({ type: 'HEARTBEAT' });
      expect(sockets).toEqual([expect.objectContaining({ key: 'key', id: 'given', token: TOKEN })]);
      expect(requests).toEqual([...(program === SERVER_PEER ? [] : ['/app/key/id']), '/app/key/ice', '/app/key/ice']);
      expect([...authorization]).toHaveLength(1);
    },
  );
});
