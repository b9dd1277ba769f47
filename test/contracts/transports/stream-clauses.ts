import { expect } from 'vitest';
import type { WriteOutcome } from '../../../src/application/ports/socket.ts';
import { streamAdmissionOf, type RecordedConnection } from './recording-gateway.ts';
import type { Clause, TransportFixture } from './fixture.ts';

/* What http.ts promises of bodies and of answers that stay open, and what socket.ts promises of pings. */

const KIB = 1_024;
const MORE_THAN_A_PACKET = 300 * KIB;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n};`);

/** Every request is asked for its body, which is the answer; one that is too big is answered 413. */
function readBodies(scene: TransportFixture, maxBytes: number): string[] {
  const read: string[] = [];
  scene.gateway.answerRequest = (exchange) =>
    exchange.readBody(maxBytes, (body) => {
      const text = body === undefined ? 'too big' : Buffer.from(body).toString();
      read.push(text);
      exchange.respond({ status: body === undefined ? 413 : 200, headers: [], body: text.slice(0, 100) });
    });
  return read;
}

/** Writes until the answer is `gone`. */
function flood({ socket }: RecordedConnection, size: number, most = 400): WriteOutcome[] {
  const outcomes: WriteOutcome[] = [];
  const block = new Uint8Array(size).fill(97);
  while (outcomes.at(-1) !== 'gone' && outcomes.length < most) outcomes.push(socket.write(block));
  return outcomes;
}

const BODIES: readonly Clause[] = [
  {
    name: 'a body is read for who asks, whole: none, a few bytes, and as many as were allowed',
    async run(scene) {
      const read = readBodies(scene, MORE_THAN_A_PACKET);
      const bodies = ['', 'a=1&b=\u{1f600}', 'x'.repeat(MORE_THAN_A_PACKET)];
      for (const body of bodies) expect((await scene.sendRequest('POST', '/', { body })).status).toBe(200);
      expect(read).toEqual(bodies);
    },
  },
  {
    name: 'a body with one byte too many is told as too big, and can be answered',
    async run(scene) {
      const read = readBodies(scene, 10);
      expect((await scene.sendRequest('POST', '/', { body: 'x'.repeat(11) })).status).toBe(413);
      expect(read).toEqual(['too big']);
    },
  },
  {
    name: 'a body in pieces is read whole',
    needs: ['bytes'],
    async run(scene) {
      const read = readBodies(scene, 100);
      const line = await scene.openRaw();
      line.send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n');
      await scene.until('it is reported', () => scene.gateway.requests.length === 1);
      await scene.settle();
      line.send('3\r\nefg\r\n0\r\n\r\n');
      await scene.until('it is answered', () => line.received.includes('abcdefg'));
      expect(read.filter((text) => text !== '')).toEqual(['abcdefg']);
    },
  },
  {
    name: 'a body that breaks off is told to nobody',
    needs: ['bytes'],
    async run(scene) {
      const read = readBodies(scene, 100);
      const line = await scene.openRaw();
      line.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nabcd');
      await scene.until('it is reported', () => scene.gateway.requests.length === 1);
      await scene.settle();
      line.cut();
      await scene.settle();
      expect(read.filter((text) => text !== '')).toEqual([]);
    },
  },
  {
    name: 'a request whose body was asked for can be followed by another on its connection',
    needs: ['bytes'],
    async run(scene) {
      readBodies(scene, 100);
      const line = await scene.openRaw();
      line.send('POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none');
      await scene.until('the first is answered', () => line.received.includes('one'));
      line.send('POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\ntwo');
      await scene.until('the second is answered', () => line.received.includes('two'));
    },
  },
];

const STREAMS: readonly Clause[] = [
  {
    name: 'a stream begins with its head, headers that are there twice too, and is opened with its admission',
    async run(scene) {
      const headers = [
        ['x-a', '1'],
        ['x-twice', 'one'],
        ['x-twice', 'two'],
      ] as const;
      const { reader, connection } = await scene.openStream({ status: 201, headers });
      expect(reader.head?.status).toBe(201);
      expect(reader.head?.headers.filter(([name]) => name.startsWith('x-'))).toEqual(headers);
      expect(reader.head?.headers.some(([name]) => name === 'content-length')).toBe(false);
      expect(connection.admission).toMatchObject({ carrier: 'stream', dialect: 'echo' });
      expect([connection.closedCount, reader.state]).toEqual([0, 'open']);
    },
  },
  {
    name: 'what is written to a stream arrives in order and byte for byte, also in one turn',
    async run(scene) {
      const { reader, connection } = await scene.openStream();
      const texts = [...numbers(300), '\u{1f600}\r\n\n', 'x'.repeat(MORE_THAN_A_PACKET)];
      for (const text of texts) expect(connection.socket.write(bytes(text))).not.toBe('gone');
      await scene.until('all has arrived', () => reader.text.length >= texts.join('').length + 1);
      connection.socket.write(bytes('later'));
      await scene.until('that too', () => reader.text.endsWith('later'));
      expect(reader.text).toBe(`<${texts.join('')}later`);
    },
  },
  {
    name: 'bytes that were lent to write on a stream are the caller\u2019s again when it returns',
    async run(scene) {
      const { reader, connection } = await scene.openStream();
      const lent = bytes('mine');
      connection.socket.write(lent);
      lent.fill(33);
      await scene.until('it has arrived', () => reader.text.length === 5);
      expect(reader.text).toBe('<mine');
    },
  },
  {
    name: 'close ends the body behind what was written, and is reported once',
    async run(scene) {
      const { reader, connection } = await scene.openStream();
      connection.socket.write(bytes('last words'));
      connection.socket.close(1012, 'restarting');
      connection.socket.close(1012, 'restarting');
      expect(connection.socket.write(bytes('!'))).toBe('gone');
      await scene.until('it is over at both ends', () => reader.state !== 'open' && connection.closedCount === 1);
      expect([reader.state, reader.text]).toEqual(['ended', '<last words']);
    },
  },
  {
    name: 'the body of a stream is in chunks, the last of them empty, and nothing else is in it',
    needs: ['bytes'],
    async run(scene) {
      scene.gateway.answerRequest = (exchange) =>
        exchange.respondWithStream({ status: 200, headers: [] }, streamAdmissionOf(exchange.request));
      const line = await scene.openRaw();
      line.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await scene.until('it is open', () => scene.gateway.connections.length === 1);
      const { socket } = scene.gateway.connections[0] as RecordedConnection;
      socket.write(bytes('one'));
      await scene.until('it has arrived', () => line.received.includes('one'));
      socket.write(bytes('last'));
      socket.close(1000, 'left');
      await scene.until('it is over', () => line.received.endsWith('0\r\n\r\n'));
      expect(line.received.slice(line.received.indexOf('\r\n\r\n') + 4)).toBe('3\r\none\r\n4\r\nlast\r\n0\r\n\r\n');
      expect(line.received.match(/connection: close/gi)).toHaveLength(1);
    },
  },
  {
    name: 'a far end that goes away is reported once, and nothing can be written to it any more',
    async run(scene) {
      const { reader, connection } = await scene.openStream();
      const { connection: other, reader: otherFar } = await scene.openStream();
      reader.cut();
      await scene.until('it is reported', () => connection.closedCount === 1);
      expect(connection.socket.write(bytes('x'))).toBe('gone');
      connection.socket.close(1000, '');
      connection.socket.ping();
      connection.socket.pause();
      connection.socket.resume();
      other.socket.write(bytes('still here'));
      await scene.until('the other one hears', () => otherFar.text === '<still here');
    },
  },
  {
    name: 'a stream that reads slowly: writes are queued, then gone; and then it is closed',
    settings: { sendBufferBytes: 512 * KIB },
    async run(scene) {
      const { reader, connection } = await scene.openStream();
      reader.stopReading();
      let outcomes: WriteOutcome[] = [];
      await scene.until('the buffer is full', () => {
        outcomes = [...outcomes, ...flood(connection, 64 * KIB, 20)];
        return outcomes.at(-1) === 'gone';
      });
      expect(outcomes.indexOf('queued')).toBeGreaterThanOrEqual(0);
      expect(outcomes.lastIndexOf('sent')).toBeLessThan(outcomes.lastIndexOf('queued'));
      await scene.until('it is closed', () => connection.closedCount === 1);
    },
  },
  {
    name: 'a far end that went before its stream begins is abandoned',
    async run(scene) {
      const begin: (() => void)[] = [];
      scene.gateway.answerRequest = (exchange) => {
        const admission = streamAdmissionOf(exchange.request);
        begin.push(() => exchange.respondWithStream({ status: 200, headers: [] }, admission));
      };
      const asked = scene.client.sendRequest('GET', '/stream');
      await scene.until('it is asked', () => begin.length === 1);
      asked.abort();
      await scene.settle();
      begin[0]?.();
      expect([scene.gateway.abandonedAdmissions.length, scene.gateway.connections.length]).toEqual([1, 0]);
    },
  },
  {
    name: 'refuseNew leaves streams open; stop ends and reports them',
    async run(scene) {
      const { reader, connection } = await scene.openStream();
      scene.transport.refuseNew();
      connection.socket.write(bytes('on'));
      await scene.until('it hears on', () => reader.text === '<on');
      await scene.stop();
      expect(connection.closedCount).toBe(1);
      await scene.until('its far end sees it', () => reader.state !== 'open');
    },
  },
  {
    name: 'M16: what a stream took and could not send is told, before it is closed',
    async run(scene) {
      const { reader, connection } = await scene.openStream();
      const told: number[] = [];
      reader.cut();
      await scene.until('it is over, whatever it takes meanwhile', () => {
        connection.socket.write(bytes('x'));
        told.push(connection.unsent.length);
        return connection.closedCount === 1;
      });
      expect(connection.late).toEqual([]);
    },
  },
];

const PINGS: readonly Clause[] = [
  {
    name: 'X7, REL3: a socket answers a ping, and is reported to be alive; not from inside the call',
    async run(scene) {
      const { connection } = await scene.connect();
      connection.socket.ping();
      await scene.until('it is reported', () => connection.aliveCount === 1);
    },
  },
  {
    name: 'a ping to a socket that is over does nothing',
    async run(scene) {
      const { client, connection } = await scene.connect();
      client.cut();
      await scene.until('it is over', () => connection.closedCount === 1);
      connection.socket.ping();
      await scene.settle();
      expect(connection.aliveCount).toBe(0);
    },
  },
];

export const STREAM_CLAUSES: readonly Clause[] = [...BODIES, ...STREAMS, ...PINGS];
