import { expect } from '../expect.ts';
import type { WriteOutcome } from '../../application/ports/socket.ts';
import { streamAdmissionOf, type RecordedConnection } from './recording-gateway.ts';
import type { Clause, TransportFixture } from './fixture.ts';

/* Bodies and streaming responses, as documented in http.ts, and pings, as documented in socket.ts. */

const KIB = 1_024;
const MORE_THAN_A_PACKET = 300 * KIB;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n};`);

/** Answers every request with its body; a body that is too large with 413. */
function readBodies(fixture: TransportFixture, maxBytes: number): string[] {
  const read: string[] = [];
  fixture.gateway.answerRequest = (exchange) =>
    exchange.readBody(maxBytes, (body) => {
      const text = body === undefined ? 'too big' : Buffer.from(body).toString();
      read.push(text);
      exchange.respond({ status: body === undefined ? 413 : 200, headers: [], body: text.slice(0, 100) });
    });
  return read;
}

/** Writes until the result is `gone`. */
function flood({ socket }: RecordedConnection, size: number, most = 400): WriteOutcome[] {
  const outcomes: WriteOutcome[] = [];
  const block = new Uint8Array(size).fill(97);
  while (outcomes.at(-1) !== 'gone' && outcomes.length < most) outcomes.push(socket.write(block));
  return outcomes;
}

const BODIES: readonly Clause[] = [
  {
    name: 'a requested body is complete: empty, a few bytes, and as many as allowed',
    async run(fixture) {
      const read = readBodies(fixture, MORE_THAN_A_PACKET);
      const bodies = ['', 'a=1&b=\u{1f600}', 'x'.repeat(MORE_THAN_A_PACKET)];
      for (const body of bodies) expect((await fixture.sendRequest('POST', '/', { body })).status).toBe(200);
      expect(read).toEqual(bodies);
    },
  },
  {
    name: 'a body with one byte too many is reported as too large, and can be answered',
    async run(fixture) {
      const read = readBodies(fixture, 10);
      expect((await fixture.sendRequest('POST', '/', { body: 'x'.repeat(11) })).status).toBe(413);
      expect(read).toEqual(['too big']);
    },
  },
  {
    name: 'a fragmented body is read completely',
    needs: ['bytes'],
    async run(fixture) {
      const read = readBodies(fixture, 100);
      const line = await fixture.openRaw();
      line.send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n');
      await fixture.until('the report is made', () => fixture.gateway.requests.length === 1);
      await fixture.settle();
      line.send('3\r\nefg\r\n0\r\n\r\n');
      await fixture.until('the response is received', () => line.received.includes('abcdefg'));
      expect(read.filter((text) => text !== '')).toEqual(['abcdefg']);
    },
  },
  {
    name: 'a body that breaks off is not reported',
    needs: ['bytes'],
    async run(fixture) {
      const read = readBodies(fixture, 100);
      const line = await fixture.openRaw();
      line.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nabcd');
      await fixture.until('the report is made', () => fixture.gateway.requests.length === 1);
      await fixture.settle();
      line.cut();
      await fixture.settle();
      expect(read.filter((text) => text !== '')).toEqual([]);
    },
  },
  {
    name: 'a request with a requested body can be followed by another on its connection',
    needs: ['bytes'],
    async run(fixture) {
      readBodies(fixture, 100);
      const line = await fixture.openRaw();
      line.send('POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none');
      await fixture.until('the first is answered', () => line.received.includes('one'));
      line.send('POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\ntwo');
      await fixture.until('the second is answered', () => line.received.includes('two'));
    },
  },
];

const STREAMS: readonly Clause[] = [
  {
    name: 'a stream begins with its head, including repeated headers, and is opened with its admission',
    async run(fixture) {
      const headers = [
        ['x-a', '1'],
        ['x-twice', 'one'],
        ['x-twice', 'two'],
      ] as const;
      const { reader, connection } = await fixture.openStream({ status: 201, headers });
      expect(reader.head?.status).toBe(201);
      expect(reader.head?.headers.filter(([name]) => name.startsWith('x-'))).toEqual(headers);
      expect(reader.head?.headers.some(([name]) => name === 'content-length')).toBe(false);
      expect(connection.admission).toMatchObject({ carrier: 'stream', dialect: 'echo' });
      expect([connection.closedCount, reader.state]).toEqual([0, 'open']);
    },
  },
  {
    name: 'text that is written to a stream arrives in order and byte for byte, also in one turn',
    async run(fixture) {
      const { reader, connection } = await fixture.openStream();
      const texts = [...numbers(300), '\u{1f600}\r\n\n', 'x'.repeat(MORE_THAN_A_PACKET)];
      for (const text of texts) expect(connection.socket.write(bytes(text))).not.toBe('gone');
      await fixture.until('all has arrived', () => reader.text.length >= texts.join('').length + 1);
      connection.socket.write(bytes('later'));
      await fixture.until('the last text has arrived', () => reader.text.endsWith('later'));
      expect(reader.text).toBe(`<${texts.join('')}later`);
    },
  },
  {
    name: 'borrowed bytes of write on a stream may be changed when it returns',
    async run(fixture) {
      const { reader, connection } = await fixture.openStream();
      const lent = bytes('mine');
      connection.socket.write(lent);
      lent.fill(33);
      await fixture.until('the text has arrived', () => reader.text.length === 5);
      expect(reader.text).toBe('<mine');
    },
  },
  {
    name: 'close ends the body after all written text, and is reported once',
    async run(fixture) {
      const { reader, connection } = await fixture.openStream();
      connection.socket.write(bytes('last words'));
      connection.socket.close(1012, 'restarting');
      connection.socket.close(1012, 'restarting');
      expect(connection.socket.write(bytes('!'))).toBe('gone');
      await fixture.until('both ends are closed', () => reader.state !== 'open' && connection.closedCount === 1);
      expect([reader.state, reader.text]).toEqual(['ended', '<last words']);
    },
  },
  {
    name: 'the body of a stream has chunks, an empty last one, and no other bytes',
    needs: ['bytes'],
    async run(fixture) {
      fixture.gateway.answerRequest = (exchange) =>
        exchange.respondWithStream({ status: 200, headers: [] }, streamAdmissionOf(exchange.request));
      const line = await fixture.openRaw();
      line.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await fixture.until('the connection is open', () => fixture.gateway.connections.length === 1);
      const { socket } = fixture.gateway.connections[0] as RecordedConnection;
      socket.write(bytes('one'));
      await fixture.until('the text has arrived', () => line.received.includes('one'));
      socket.write(bytes('last'));
      socket.close(1000, 'left');
      await fixture.until('the connection is closed', () => line.received.endsWith('0\r\n\r\n'));
      expect(line.received.slice(line.received.indexOf('\r\n\r\n') + 4)).toBe('3\r\none\r\n4\r\nlast\r\n0\r\n\r\n');
      expect(line.received.match(/connection: close/gi)).toHaveLength(1);
    },
  },
  {
    name: 'a client that disconnects is reported once, and no more text can be written to it',
    async run(fixture) {
      const { reader, connection } = await fixture.openStream();
      const { connection: other, reader: otherClient } = await fixture.openStream();
      reader.cut();
      await fixture.until('the report is made', () => connection.closedCount === 1);
      expect(connection.socket.write(bytes('x'))).toBe('gone');
      connection.socket.close(1000, '');
      connection.socket.ping();
      connection.socket.pause();
      connection.socket.resume();
      other.socket.write(bytes('still here'));
      await fixture.until('the other one receives', () => otherClient.text === '<still here');
    },
  },
  {
    name: 'writes to a slow stream are queued, then gone; then the stream is closed',
    settings: { sendBufferBytes: 512 * KIB },
    async run(fixture) {
      const { reader, connection } = await fixture.openStream();
      reader.stopReading();
      let outcomes: WriteOutcome[] = [];
      await fixture.until('the buffer is full', () => {
        outcomes = [...outcomes, ...flood(connection, 64 * KIB, 20)];
        return outcomes.at(-1) === 'gone';
      });
      expect(outcomes.indexOf('queued')).toBeGreaterThanOrEqual(0);
      expect(outcomes.lastIndexOf('sent')).toBeLessThan(outcomes.lastIndexOf('queued'));
      await fixture.until('the connection is closed', () => connection.closedCount === 1);
    },
  },
  {
    name: 'a client that disconnects before its stream begins is abandoned',
    async run(fixture) {
      const begin: (() => void)[] = [];
      fixture.gateway.answerRequest = (exchange) => {
        const admission = streamAdmissionOf(exchange.request);
        begin.push(() => exchange.respondWithStream({ status: 200, headers: [] }, admission));
      };
      const asked = fixture.client.sendRequest('GET', '/stream');
      await fixture.until('the request is reported', () => begin.length === 1);
      asked.abort();
      await fixture.settle();
      begin[0]?.();
      expect([fixture.gateway.abandonedAdmissions.length, fixture.gateway.connections.length]).toEqual([1, 0]);
    },
  },
  {
    name: 'refuseNew leaves streams open; stop ends and reports them',
    async run(fixture) {
      const { reader, connection } = await fixture.openStream();
      fixture.transport.refuseNew();
      connection.socket.write(bytes('on'));
      await fixture.until('the stream continues', () => reader.text === '<on');
      await fixture.stop();
      expect(connection.closedCount).toBe(1);
      await fixture.until('the client receives the end', () => reader.state !== 'open');
    },
  },
  {
    name: 'M16: messages that a stream accepted and did not send are reported before its close',
    async run(fixture) {
      const { reader, connection } = await fixture.openStream();
      const unsentCounts: number[] = [];
      reader.cut();
      await fixture.until('the stream is closed, regardless of accepted writes', () => {
        connection.socket.write(bytes('x'));
        unsentCounts.push(connection.unsent.length);
        return connection.closedCount === 1;
      });
      expect(connection.late).toEqual([]);
    },
  },
];

const PINGS: readonly Clause[] = [
  {
    name: 'X7, REL3: a pong is reported as a sign of life, in a turn of its own',
    async run(fixture) {
      const { connection } = await fixture.connect();
      connection.socket.ping();
      await fixture.until('the report is made', () => connection.aliveCount === 1);
    },
  },
  {
    name: 'a ping to a closed socket does nothing',
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      client.cut();
      await fixture.until('the connection is closed', () => connection.closedCount === 1);
      connection.socket.ping();
      await fixture.settle();
      expect(connection.aliveCount).toBe(0);
    },
  },
];

export const STREAM_CLAUSES: readonly Clause[] = [...BODIES, ...STREAMS, ...PINGS];
