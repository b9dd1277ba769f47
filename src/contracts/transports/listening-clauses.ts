import { expect } from '../expect.ts';
import { admissionOf, type RecordedConnection } from './recording-gateway.ts';
import type { TransportFixture } from './fixture.ts';
import { within, type Clause } from './fixture.ts';

/* Listening, upgrades and stop, as documented in transport.ts. */

/** An upgrade that is not accepted: rejected with a response, or not answered. */
export async function expectNotTaken(fixture: TransportFixture): Promise<void> {
  const asked = fixture.gateway.upgrades.length;
  const client = await fixture.tryConnect().catch(() => undefined);
  expect([undefined, 'refused']).toContain(client?.state);
  expect(fixture.gateway.upgrades).toHaveLength(asked);
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
      expect(typeof (await later.listen(fixture.gateway)).secure).toBe('boolean');
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

export const LISTENING_CLAUSES: readonly Clause[] = [...UPGRADES, ...ENDINGS];

/** The properties of a request as its client sent it. */
function nameOf({ admission: { connectRequest } }: RecordedConnection): string {
  return connectRequest.as === 'peer' ? (connectRequest.id ?? '') : '';
}
