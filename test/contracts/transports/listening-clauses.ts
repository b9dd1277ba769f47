import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ListenError, type ListenRefusal, type Transport } from '../../../src/application/ports/transport.ts';
import { UNMATCHED_KEY_FILE, TLS_FILES } from '../../support/network-client.ts';
import { admissionOf, RecordingGateway, type RecordedConnection } from './recording-gateway.ts';
import { TransportFixture, within, type Clause } from './fixture.ts';

/* What transport.ts promises. */

const FORBIDDEN_PORT = 1;
/** Of a net that is kept for documents. */
const FOREIGN_ADDRESS = '203.0.113.7';

/** @returns why it can't listen. */
async function refusalOf(transport: Transport): Promise<{ refusal: ListenRefusal; message: string }> {
  const failure: unknown = await transport.listen(new RecordingGateway()).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ListenError);
  const { refusal, message } = failure as ListenError;
  return { refusal, message };
}

/** An upgrade that is not taken: refused with an answer, or nobody is there to answer. */
export async function expectNotTaken(scene: TransportFixture): Promise<void> {
  const asked = scene.gateway.upgrades.length;
  const far = await scene.tryConnect().catch(() => undefined);
  expect([undefined, 'refused']).toContain(far?.state);
  expect(scene.gateway.upgrades).toHaveLength(asked);
}

/** A port that nobody has, to be asked for by its number. */
async function freePlace(scene: TransportFixture): Promise<{ host: string; port: number }> {
  const { host, port } = await (await scene.another({})).listen(new RecordingGateway());
  await scene.stopOthers();
  return { host, port };
}

const UPGRADES: readonly Clause[] = [
  {
    name: 'an accepted upgrade is opened with the very admission it was given',
    async run(scene) {
      const { connection } = await scene.connect('/ws?id=ann');
      expect(connection.admission).toBe(scene.gateway.accepted[0]);
      expect(scene.gateway.abandonedAdmissions).toEqual([]);
    },
  },
  {
    name: 'each connection is reported under the name that it was given',
    async run(scene) {
      const pairs = [await scene.connect('/ws?id=ann'), await scene.connect('/ws?id=bob'), await scene.connect('/ws?id=eve')];
      for (const { client, connection } of pairs) client.send(nameOf(connection));
      await scene.until('each is reported', () => pairs.every(({ connection }) => connection.frames.length === 1));
      for (const { connection } of pairs) expect(new TextDecoder().decode(connection.frames[0]?.bytes)).toBe(nameOf(connection));
    },
  },
  {
    name: 'O10: a refused upgrade shows status, headers and body; nothing is opened',
    async run(scene) {
      const response = {
        status: 403,
        headers: [
          ['content-type', 'text/plain'],
          ['vary', 'Origin'],
        ] as const,
        body: 'Origin není povolen',
      };
      scene.gateway.answerUpgrade = () => ({ accept: false, response });
      const far = await scene.tryConnect('/ws', { headers: { origin: 'http://evil.example' } });
      expect(far.state).toBe('refused');
      expect(far.refusal).toMatchObject({ status: 403, body: response.body });
      expect(far.refusal?.headers).toEqual(
        expect.arrayContaining([
          ['vary', 'Origin'],
          ['content-length', '20'],
        ]),
      );
      expect([scene.gateway.connections, scene.gateway.abandonedAdmissions]).toEqual([[], []]);
    },
  },
  {
    name: 'a refused upgrade hurts no other',
    async run(scene) {
      const other = await scene.connect('/ws?id=ann');
      scene.gateway.answerUpgrade = (request) =>
        request.query === 'id=eve'
          ? { accept: false, response: { status: 429, headers: [['retry-after', '1']], body: '' } }
          : admissionOf(request);
      expect((await scene.tryConnect('/ws?id=eve')).refusal?.status).toBe(429);
      await scene.expectAlive(other);
      await scene.expectAlive(await scene.connect('/ws?id=bob'));
    },
  },
];

const ENDINGS: readonly Clause[] = [
  {
    name: 'refuseNew: new connections are not taken; the open ones live on',
    async run(scene) {
      const old = await scene.connect();
      scene.transport.refuseNew();
      await expectNotTaken(scene);
      scene.transport.refuseNew();
      await scene.expectAlive(old);
      expect(old.connection.closedCount).toBe(0);
    },
  },
  {
    name: 'refuseNew: an upgrade on a connection from before is not taken either',
    needs: ['bytes'],
    async run(scene) {
      const line = await scene.openRaw();
      line.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await scene.until('it is answered', () => line.received.includes('HTTP/1.1 200'));
      scene.transport.refuseNew();
      line.send('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
      line.send('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
      await scene.until('it is refused, or cut', () => line.isClosed || line.received.includes('HTTP/1.1 503'));
      expect(scene.gateway.upgrades).toEqual([]);
    },
  },
  {
    name: 'refuseNew and stop are harmless before listen',
    isEarly: true,
    async run(scene) {
      scene.transport.refuseNew();
      await within(scene.subject.patience, 'stop resolves', scene.transport.stop());
      const later = await scene.another({});
      await expect(later.listen(scene.gateway)).resolves.toMatchObject({ secure: expect.any(Boolean) });
    },
  },
  {
    name: 'stop reports each open connection as closed, once, and then resolves',
    async run(scene) {
      const pairs = [await scene.connect(), await scene.connect(), await scene.connect(), await scene.connect()];
      pairs[1]?.connection.socket.pause();
      pairs[2]?.client.stopReading();
      pairs[2]?.connection.socket.write(new Uint8Array(1_048_576).fill(97));
      pairs[3]?.connection.socket.close(1001, 'going away');
      await scene.stop();
      expect(pairs.map(({ connection }) => connection.closedCount)).toEqual([1, 1, 1, 1]);
      await scene.until('the far ends see it', () => [0, 1, 3].every((at) => pairs[at]?.client.state === 'closed'));
      expect(scene.gateway.reentrantCalls).toEqual([]);
    },
  },
  {
    name: 'stop leaves a far end that does not read no way to hold it up',
    async run(scene) {
      const { client, connection } = await scene.connect();
      client.stopReading();
      for (let n = 0; n < 400 && connection.socket.write(new Uint8Array(131_072).fill(97)) !== 'gone'; n++);
      connection.socket.close(1001, 'going away');
      await scene.stop();
      expect(connection.closedCount).toBe(1);
    },
  },
  {
    name: 'stop is not held up by connections that ask nothing, ask half, or wait for an answer',
    needs: ['bytes', 'ownPort'],
    settings: { handshakeTimeout: 60_000 },
    async run(scene) {
      const lines = [
        await scene.client.openRaw({ isBare: true }),
        await scene.openRaw(),
        await scene.openRaw(),
        await scene.openRaw(),
      ];
      lines[2]?.send('GET / HTTP/1.1\r\nHost');
      scene.gateway.answerRequest = () => undefined;
      lines[3]?.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await scene.until('it waits', () => scene.gateway.requests.length === 1);
      await scene.stop();
      await scene.until('all are cut', () => lines.every(({ isClosed }) => isClosed));
    },
  },
  {
    name: 'stop is harmless when repeated, also at the same time',
    async run(scene) {
      const { connection } = await scene.connect();
      await Promise.all([scene.stop(), scene.stop()]);
      await scene.stop();
      scene.transport.refuseNew();
      expect(connection.closedCount).toBe(1);
    },
  },
  {
    name: 'stop may be called from inside a report',
    async run(scene) {
      const { client, connection } = await scene.connect();
      const other = await scene.connect();
      let stopped: Promise<void> | undefined;
      scene.gateway.onFrame = () => {
        stopped = scene.stop();
      };
      client.send('stop');
      await scene.until('it is called', () => stopped !== undefined);
      await stopped;
      expect([connection.closedCount, other.connection.closedCount, scene.gateway.reentrantCalls]).toEqual([1, 1, []]);
    },
  },
  {
    name: 'after stop nothing is taken, and calls to what it ended are harmless',
    async run(scene) {
      const { connection } = await scene.connect();
      const held: { respond(response: { status: number; headers: []; body: string }): void }[] = [];
      scene.gateway.answerRequest = (exchange) => void held.push(exchange);
      const asked = scene.client.sendRequest('GET', '/waits');
      await scene.until('it is reported', () => held.length === 1);
      await scene.stop();
      asked.abort();
      held[0]?.respond({ status: 200, headers: [], body: '' });
      expect(connection.socket.write(new Uint8Array(1))).toBe('gone');
      connection.socket.close(1000, 'bye');
      await expectNotTaken(scene);
      expect(connection.closedCount).toBe(1);
    },
  },
];

const PORTS: readonly Clause[] = [
  {
    name: 'port 0 is answered with the port that was found',
    needs: ['ownPort'],
    async run(scene) {
      expect(scene.address.port).toBeGreaterThan(0);
      expect((await scene.sendRequest('GET', '/')).status).toBe(200);
    },
  },
  {
    name: 'a port in use is told, and whoever uses it is not disturbed',
    needs: ['ownPort'],
    isEarly: true,
    async run(scene) {
      const place = await freePlace(scene);
      const first = await TransportFixture.open(scene.start, { settings: place });
      const pair = await first.connect();
      const { refusal, message } = await refusalOf(await first.another(place));
      expect(refusal).toEqual({ reason: 'port-in-use', ...place });
      expect(message).toBe(`port ${place.port} on ${place.host} is in use`);
      await first.expectAlive(pair);
      await first.dispose();
    },
  },
  {
    name: 'after stop the port is free again, though connections were cut',
    needs: ['ownPort'],
    isEarly: true,
    async run(scene) {
      const place = await freePlace(scene);
      for (let restart = 0; restart < 3; restart++) {
        const again = await TransportFixture.open(scene.start, { settings: place });
        await again.connect();
        expect(again.address).toMatchObject(place);
        await again.stop();
        await again.dispose();
      }
    },
  },
  {
    name: 'a host that is no address of this machine is told',
    needs: ['ownPort'],
    isEarly: true,
    async run(scene) {
      const { refusal, message } = await refusalOf(await scene.another({ host: FOREIGN_ADDRESS }));
      expect(refusal).toMatchObject({ reason: 'address-unavailable', host: FOREIGN_ADDRESS });
      expect(message).toContain(FOREIGN_ADDRESS);
    },
  },
  {
    name: 'a port that is forbidden to the process is told',
    needs: ['forbiddenPorts'],
    isEarly: true,
    async run(scene) {
      const { refusal } = await refusalOf(await scene.another({ port: FORBIDDEN_PORT }));
      expect(refusal).toMatchObject({ reason: 'port-forbidden', port: FORBIDDEN_PORT });
    },
  },
  {
    name: 'a key or certificate that is missing, broken or not of the other is told by its file',
    needs: ['ownPort'],
    isEarly: true,
    async run(scene) {
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
        const { refusal, message } = await refusalOf(await scene.another({ tls: { keyFile, certFile } }));
        expect(refusal).toMatchObject({ reason: 'certificate-unusable', detail: expect.stringContaining(named) });
        expect(message).toContain(named);
      }
      rmSync(folder, { recursive: true });
    },
  },
];

export const LISTENING_CLAUSES: readonly Clause[] = [...UPGRADES, ...ENDINGS, ...PORTS];

/** What the far end said of itself when it came. */
function nameOf({ admission: { connectRequest } }: RecordedConnection): string {
  return connectRequest.as === 'peer' ? (connectRequest.id ?? '') : '';
}
