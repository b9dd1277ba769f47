import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ListenError, type ListenRefusal, type Transport } from '../../../src/application/ports/transport.ts';
import { UNMATCHED_KEY_FILE, TLS_FILES } from '../../support/network-client.ts';
import { admissionOf, RecordingGateway, type RecordedConnection } from './recording-gateway.ts';
import { TransportFixture, within, type Clause } from './fixture.ts';

/* Listening, upgrades and stop, as documented in transport.ts. */

const FORBIDDEN_PORT = 1;
/** An address of a network that is reserved for documentation. */
const FOREIGN_ADDRESS = '203.0.113.7';

/** @returns the reason why listening failed. */
async function refusalOf(transport: Transport): Promise<{ refusal: ListenRefusal; message: string }> {
  const failure: unknown = await transport.listen(new RecordingGateway()).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ListenError);
  const { refusal, message } = failure as ListenError;
  return { refusal, message };
}

/** An upgrade that is not accepted: rejected with a response, or not answered. */
export async function expectNotTaken(fixture: TransportFixture): Promise<void> {
  const asked = fixture.gateway.upgrades.length;
  const client = await fixture.tryConnect().catch(() => undefined);
  expect([undefined, 'refused']).toContain(client?.state);
  expect(fixture.gateway.upgrades).toHaveLength(asked);
}

/** A free port, to be requested by number. */
async function freePlace(fixture: TransportFixture): Promise<{ host: string; port: number }> {
  const { host, port } = await (await fixture.another({})).listen(new RecordingGateway());
  await fixture.stopOthers();
  return { host, port };
}

const UPGRADES: readonly Clause[] = [
  {
    name: 'an accepted upgrade is opened with the same admission object',
    async run(fixture) {
      const { connection } = await fixture.connect('/ws?id=ann');
      expect(connection.admission).toBe(fixture.gateway.accepted[0]);
      expect(fixture.gateway.abandonedAdmissions).toEqual([]);
    },
  },
  {
    name: 'each connection is reported with its own id',
    async run(fixture) {
      const pairs = [
        await fixture.connect('/ws?id=ann'),
        await fixture.connect('/ws?id=bob'),
        await fixture.connect('/ws?id=eve'),
      ];
      for (const { client, connection } of pairs) client.send(nameOf(connection));
      await fixture.until('each is reported', () => pairs.every(({ connection }) => connection.frames.length === 1));
      for (const { connection } of pairs) expect(new TextDecoder().decode(connection.frames[0]?.bytes)).toBe(nameOf(connection));
    },
  },
  {
    name: 'O10: a rejected upgrade receives status, headers and body; nothing is opened',
    async run(fixture) {
      const response = {
        status: 403,
        headers: [
          ['content-type', 'text/plain'],
          ['vary', 'Origin'],
        ] as const,
        body: 'Origin není povolen',
      };
      fixture.gateway.answerUpgrade = () => ({ accept: false, response });
      const client = await fixture.tryConnect('/ws', { headers: { origin: 'http://evil.example' } });
      expect(client.state).toBe('refused');
      expect(client.refusal).toMatchObject({ status: 403, body: response.body });
      expect(client.refusal?.headers).toEqual(
        expect.arrayContaining([
          ['vary', 'Origin'],
          ['content-length', '20'],
        ]),
      );
      expect([fixture.gateway.connections, fixture.gateway.abandonedAdmissions]).toEqual([[], []]);
    },
  },
  {
    name: 'a rejected upgrade affects no other connection',
    async run(fixture) {
      const other = await fixture.connect('/ws?id=ann');
      fixture.gateway.answerUpgrade = (request) =>
        request.query === 'id=eve'
          ? { accept: false, response: { status: 429, headers: [['retry-after', '1']], body: '' } }
          : admissionOf(request);
      expect((await fixture.tryConnect('/ws?id=eve')).refusal?.status).toBe(429);
      await fixture.expectAlive(other);
      await fixture.expectAlive(await fixture.connect('/ws?id=bob'));
    },
  },
];

const ENDINGS: readonly Clause[] = [
  {
    name: 'refuseNew: new connections are not accepted; open ones stay',
    async run(fixture) {
      const old = await fixture.connect();
      fixture.transport.refuseNew();
      await expectNotTaken(fixture);
      fixture.transport.refuseNew();
      await fixture.expectAlive(old);
      expect(old.connection.closedCount).toBe(0);
    },
  },
  {
    name: 'refuseNew: an upgrade on an earlier connection is not accepted either',
    needs: ['bytes'],
    async run(fixture) {
      const line = await fixture.openRaw();
      line.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await fixture.until('the response is received', () => line.received.includes('HTTP/1.1 200'));
      fixture.transport.refuseNew();
      line.send('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
      line.send('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
      await fixture.until(
        'the upgrade is rejected or the connection is closed',
        () => line.isClosed || line.received.includes('HTTP/1.1 503'),
      );
      expect(fixture.gateway.upgrades).toEqual([]);
    },
  },
  {
    name: 'refuseNew and stop are harmless before listen',
    isEarly: true,
    async run(fixture) {
      fixture.transport.refuseNew();
      await within(fixture.subject.patience, 'stop resolves', fixture.transport.stop());
      const later = await fixture.another({});
      await expect(later.listen(fixture.gateway)).resolves.toMatchObject({ secure: expect.any(Boolean) });
    },
  },
  {
    name: 'stop reports each open connection as closed, once, and then resolves',
    async run(fixture) {
      const pairs = [await fixture.connect(), await fixture.connect(), await fixture.connect(), await fixture.connect()];
      pairs[1]?.connection.socket.pause();
      pairs[2]?.client.stopReading();
      pairs[2]?.connection.socket.write(new Uint8Array(1_048_576).fill(97));
      pairs[3]?.connection.socket.close(1001, 'going away');
      await fixture.stop();
      expect(pairs.map(({ connection }) => connection.closedCount)).toEqual([1, 1, 1, 1]);
      await fixture.until('the clients receive the close', () => [0, 1, 3].every((at) => pairs[at]?.client.state === 'closed'));
      expect(fixture.gateway.reentrantCalls).toEqual([]);
    },
  },
  {
    name: 'stop does not wait for a client that does not read',
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      client.stopReading();
      for (let n = 0; n < 400 && connection.socket.write(new Uint8Array(131_072).fill(97)) !== 'gone'; n++);
      connection.socket.close(1001, 'going away');
      await fixture.stop();
      expect(connection.closedCount).toBe(1);
    },
  },
  {
    name: 'stop does not wait for connections without a request, with half a request, or with an unanswered one',
    needs: ['bytes', 'ownPort'],
    settings: { handshakeTimeout: 60_000 },
    async run(fixture) {
      const lines = [
        await fixture.client.openRaw({ isBare: true }),
        await fixture.openRaw(),
        await fixture.openRaw(),
        await fixture.openRaw(),
      ];
      lines[2]?.send('GET / HTTP/1.1\r\nHost');
      fixture.gateway.answerRequest = () => undefined;
      lines[3]?.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await fixture.until('the request is waiting', () => fixture.gateway.requests.length === 1);
      await fixture.stop();
      await fixture.until('all are closed', () => lines.every(({ isClosed }) => isClosed));
    },
  },
  {
    name: 'stop is harmless when repeated, also concurrently',
    async run(fixture) {
      const { connection } = await fixture.connect();
      await Promise.all([fixture.stop(), fixture.stop()]);
      await fixture.stop();
      fixture.transport.refuseNew();
      expect(connection.closedCount).toBe(1);
    },
  },
  {
    name: 'stop may be called within a report',
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      const other = await fixture.connect();
      let stopped: Promise<void> | undefined;
      fixture.gateway.onFrame = () => {
        stopped = fixture.stop();
      };
      client.send('stop');
      await fixture.until('stop is called', () => stopped !== undefined);
      await stopped;
      expect([connection.closedCount, other.connection.closedCount, fixture.gateway.reentrantCalls]).toEqual([1, 1, []]);
    },
  },
  {
    name: 'after stop nothing is accepted, and calls to closed sockets are harmless',
    async run(fixture) {
      const { connection } = await fixture.connect();
      const held: { respond(response: { status: number; headers: []; body: string }): void }[] = [];
      fixture.gateway.answerRequest = (exchange) => void held.push(exchange);
      const asked = fixture.client.sendRequest('GET', '/waits');
      await fixture.until('the report is made', () => held.length === 1);
      await fixture.stop();
      asked.abort();
      held[0]?.respond({ status: 200, headers: [], body: '' });
      expect(connection.socket.write(new Uint8Array(1))).toBe('gone');
      connection.socket.close(1000, 'bye');
      await expectNotTaken(fixture);
      expect(connection.closedCount).toBe(1);
    },
  },
];

const PORTS: readonly Clause[] = [
  {
    name: 'port 0 resolves to the port that was found',
    needs: ['ownPort'],
    async run(fixture) {
      expect(fixture.address.port).toBeGreaterThan(0);
      expect((await fixture.sendRequest('GET', '/')).status).toBe(200);
    },
  },
  {
    name: 'a port in use is reported, and its owner is not affected',
    needs: ['ownPort'],
    isEarly: true,
    async run(fixture) {
      const place = await freePlace(fixture);
      const first = await TransportFixture.open(fixture.start, { settings: place });
      const pair = await first.connect();
      const { refusal, message } = await refusalOf(await first.another(place));
      expect(refusal).toEqual({ reason: 'port-in-use', ...place });
      expect(message).toBe(`port ${place.port} on ${place.host} is in use: stop the other program or set another --port`);
      await first.expectAlive(pair);
      await first.dispose();
    },
  },
  {
    name: 'after stop the port is free, although connections were closed by the broker',
    needs: ['ownPort'],
    isEarly: true,
    async run(fixture) {
      const place = await freePlace(fixture);
      for (let restart = 0; restart < 3; restart++) {
        const again = await TransportFixture.open(fixture.start, { settings: place });
        await again.connect();
        expect(again.address).toMatchObject(place);
        await again.stop();
        await again.dispose();
      }
    },
  },
  {
    name: 'a host that is not an address of this machine is reported',
    needs: ['ownPort'],
    isEarly: true,
    async run(fixture) {
      const { refusal, message } = await refusalOf(await fixture.another({ host: FOREIGN_ADDRESS }));
      expect(refusal).toMatchObject({ reason: 'address-unavailable', host: FOREIGN_ADDRESS });
      expect(message).toContain(FOREIGN_ADDRESS);
    },
  },
  {
    name: 'a port that is not permitted for the process is reported',
    needs: ['forbiddenPorts'],
    isEarly: true,
    async run(fixture) {
      const { refusal } = await refusalOf(await fixture.another({ port: FORBIDDEN_PORT }));
      expect(refusal).toMatchObject({ reason: 'port-forbidden', port: FORBIDDEN_PORT });
    },
  },
  {
    name: 'a missing, broken or unmatched key or certificate is reported with its file',
    needs: ['ownPort'],
    isEarly: true,
    async run(fixture) {
      const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
      const broken = join(folder, 'broken.pem');
      writeFileSync(broken, '-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n');
      const missing = join(folder, 'missing.pem');
      const cases: [keyFile: string, certFile: string, named: string][] = [
        [missing, TLS_FILES.certFile, missing],
        [TLS_FILES.keyFile, missing, missing],
        [broken, TLS_FILES.certFile, broken],
        [TLS_FILES.keyFile, broken, broken],
        [UNMATCHED_KEY_FILE, TLS_FILES.certFile, UNMATCHED_KEY_FILE],
      ];
      for (const [keyFile, certFile, named] of cases) {
        const { refusal, message } = await refusalOf(await fixture.another({ tls: { keyFile, certFile } }));
        expect(refusal).toMatchObject({ reason: 'certificate-unusable', detail: expect.stringContaining(named) });
        expect(message).toContain(named);
      }
      rmSync(folder, { recursive: true });
    },
  },
];

export const LISTENING_CLAUSES: readonly Clause[] = [...UPGRADES, ...ENDINGS, ...PORTS];

/** The properties of a request as its client sent it. */
function nameOf({ admission: { connectRequest } }: RecordedConnection): string {
  return connectRequest.as === 'peer' ? (connectRequest.id ?? '') : '';
}
