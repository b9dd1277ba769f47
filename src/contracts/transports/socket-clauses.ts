import { expect } from '../expect.ts';
import type { WriteOutcome } from '../../application/ports/socket.ts';
import { admissionOf, textOf, type RecordedConnection } from './recording-gateway.ts';
import type { Clause } from './fixture.ts';

/* Sockets and their reports, as documented in socket.ts and transport.ts. */

export const KIB = 1_024;

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));

/** Writes until the result is `gone`. */
export function flood({ socket }: RecordedConnection, size: number, most = 400): WriteOutcome[] {
  const outcomes: WriteOutcome[] = [];
  const block = new Uint8Array(size).fill(97);
  while (outcomes.at(-1) !== 'gone' && outcomes.length < most) outcomes.push(socket.write(block));
  return outcomes;
}

const TALK: readonly Clause[] = [
  {
    name: 'text and binary frames are reported completely, with their type',
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      client.send('grüße');
      client.send(Uint8Array.of(0, 255, 1));
      await fixture.until('both are reported', () => connection.frames.length === 2);
      expect(connection.frames.map(({ bytes: [...received], isBinary }) => [received, isBinary])).toEqual([
        [[...bytes('grüße')], false],
        [[0, 255, 1], true],
      ]);
    },
  },
  {
    name: 'W6: frames are binary if the admission says so, and contain any bytes',
    async run(fixture) {
      fixture.gateway.answerUpgrade = (request) => ({ ...admissionOf(request), sendsBinary: true });
      const { client, connection } = await fixture.connect();
      connection.socket.write(Uint8Array.of(0, 255, 1));
      connection.socket.write(bytes('a'));
      await fixture.until('both have arrived', () => client.received.length === 2);
      expect(client.received).toEqual(['[binary] 00ff01', '[binary] 61']);
    },
  },
  {
    name: 'M2: empty text, 128 unicode characters, `__proto__` and a megabyte pass unchanged, in both directions',
    settings: { sendBufferBytes: 8_192 * KIB },
    async run(fixture) {
      const texts = ['', '𝄞'.repeat(128), '__proto__', '\ufeffa\u2028b\u0000', 'x'.repeat(1_048_576)];
      const { client, connection } = await fixture.connect();
      for (const text of texts) {
        client.send(text);
        connection.socket.write(bytes(text));
      }
      await fixture.until(
        'all have arrived',
        () => connection.frames.length === texts.length && client.received.length === texts.length,
      );
      expect(connection.frames.map(textOf)).toEqual(texts);
      expect(client.received).toEqual(texts);
    },
  },
  {
    name: 'M17: order is kept, in both directions',
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      for (const text of numbers(300)) {
        client.send(text);
        connection.socket.write(bytes(text));
      }
      await fixture.until('all have arrived', () => connection.frames.length === 300 && client.received.length === 300);
      expect(connection.frames.map(textOf)).toEqual(numbers(300));
      expect(client.received).toEqual(numbers(300));
    },
  },
  {
    name: 'text that is written while the connection is reported as open is received',
    async run(fixture) {
      fixture.gateway.onOpened = ({ socket }) => {
        socket.write(bytes('welcome'));
        socket.write(bytes('written on opening'));
      };
      const { client } = await fixture.connect();
      await fixture.until('both are received', () => client.received.length === 2);
      expect(client.received).toEqual(['welcome', 'written on opening']);
    },
  },
  {
    name: 'borrowed bytes of write may be changed when it returns',
    settings: { sendBufferBytes: 32_768 * KIB },
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      client.stopReading();
      const lent = new Uint8Array(128 * KIB);
      for (let n = 0; n < 100; n++) {
        connection.socket.write(lent.fill(97 + (n % 26)));
        lent.fill(33);
      }
      client.startReading();
      await fixture.until('all are received', () => client.received.length === 100);
      for (const [n, text] of client.received.entries()) {
        expect(text === String.fromCharCode(97 + (n % 26)).repeat(lent.length), `message ${n} is what was written`).toBe(true);
      }
    },
  },
];

const ENDS: readonly Clause[] = [
  {
    name: 'close sends its code and its reason',
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      const why = `${'é'.repeat(61)}!`;
      connection.socket.close(4001, why);
      await fixture.until('the client receives the close', () => client.closed !== undefined);
      expect(client.closed).toEqual({ code: 4001, why });
    },
  },
  {
    name: 'text that is written before close is received before it',
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      for (const text of numbers(20)) connection.socket.write(bytes(text));
      connection.socket.close(1008, 'ID is taken');
      await fixture.until('the client receives the close', () => client.closed !== undefined);
      expect(client.received).toEqual(numbers(20));
    },
  },
  {
    name: 'close never reports within the call',
    async run(fixture) {
      const { gateway } = fixture;
      const byItself = await fixture.connect();
      byItself.connection.socket.close(1000, 'in a turn of its own');
      expect(byItself.connection.closedCount).toBe(0);
      gateway.onFrame = ({ socket }) => socket.close(1000, 'while a frame is reported');
      const inFrame = await fixture.connect();
      inFrame.client.send('go');
      await fixture.until('the connection is closed', () => inFrame.connection.closedCount === 1);
      gateway.onOpened = ({ socket }) => socket.close(1000, 'while it opens');
      const inOpened = await fixture.connect();
      await fixture.until('all are closed', () => byItself.connection.closedCount + inOpened.connection.closedCount === 2);
      expect(gateway.reentrantCalls).toEqual([]);
    },
  },
  {
    name: 'a socket that closes another one receives no report within the call',
    async run(fixture) {
      const victim = await fixture.connect();
      const { client, connection } = await fixture.connect();
      let closedInside = 0;
      fixture.gateway.onFrame = () => {
        victim.connection.socket.close(4001, 'superseded');
        closedInside = victim.connection.closedCount;
      };
      client.send('go');
      await fixture.until('the other is closed', () => victim.connection.closedCount === 1);
      expect([closedInside, connection.closedCount, fixture.gateway.reentrantCalls]).toEqual([0, 0, []]);
    },
  },
  {
    name: 'a closed connection is not reported any more',
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      for (const text of numbers(5)) client.send(text);
      client.close();
      await fixture.until('the connection is closed', () => connection.closedCount > 0);
      await fixture.settle();
      expect(connection.frames.map(textOf)).toEqual(numbers(5));
      expect(connection.late).toEqual([]);
    },
  },
  {
    name: 'O5: input after close is not reported',
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      fixture.gateway.onFrame = ({ socket }) => socket.close(4001, 'superseded');
      for (const text of numbers(50)) client.send(text);
      await fixture.until('the connection is closed', () => connection.closedCount > 0);
      await fixture.settle();
      expect(connection.frames.map(textOf)).toEqual(['0']);
    },
  },
  {
    name: 'closed is reported exactly once, for any number of closes by either side',
    async run(fixture) {
      const pairs = await Promise.all(Array.from({ length: 6 }, () => fixture.connect().then(({ client }) => client)));
      const nears = fixture.gateway.connections;
      const [left, cut, dismissed, both, twice, crossed] = pairs;
      left?.close(1000, 'bye');
      cut?.cut();
      nears[2]?.socket.close(1000, 'bye');
      nears[3]?.socket.close(1000, 'bye');
      both?.close(1000, 'bye');
      twice?.close(1000, 'bye');
      twice?.cut();
      crossed?.cut();
      nears[5]?.socket.close(1000, 'bye');
      expect(dismissed).toBeDefined();
      await fixture.until('none is open', () => fixture.gateway.openCount === 0);
      await fixture.settle();
      expect(nears.map(({ closedCount }) => closedCount)).toEqual([1, 1, 1, 1, 1, 1]);
    },
  },
  {
    name: 'closed contains the side that ended the connection, and the close code',
    async run(fixture) {
      const { gateway } = fixture;
      const [left, cut, dismissed] = [await fixture.connect(), await fixture.connect(), await fixture.connect()];
      left.client.close(4321, 'bye');
      cut.client.cut();
      dismissed.connection.socket.close(4001, 'superseded');
      await fixture.until('none is open', () => gateway.openCount === 0);
      expect([left.connection.end, cut.connection.end, dismissed.connection.end]).toMatchObject([
        { by: 'client', code: 4321 },
        { by: 'network', code: 1006 },
        { by: 'broker', code: 4001 },
      ]);
    },
  },
  {
    name: 'a second close does nothing',
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      connection.socket.close(4001, 'first');
      connection.socket.close(1008, 'second');
      await fixture.until('both ends are closed', () => connection.closedCount > 0 && client.closed !== undefined);
      connection.socket.close(1008, 'third');
      await fixture.settle();
      expect(client.closed).toEqual({ code: 4001, why: 'first' });
      expect(connection.closedCount).toBe(1);
    },
  },
  {
    name: 'write to a closed socket returns gone; no call throws',
    async run(fixture) {
      const closing = await fixture.connect();
      closing.connection.socket.close(1000, 'bye');
      expect(closing.connection.socket.write(bytes('too late'))).toBe('gone');
      const { client, connection } = await fixture.connect();
      client.cut();
      connection.socket.write(bytes('it may be too late'));
      await fixture.until('both are closed', () => connection.closedCount + closing.connection.closedCount === 2);
      for (const { socket } of [connection, closing.connection]) {
        expect(socket.write(bytes('too late'))).toBe('gone');
        socket.pause();
        socket.resume();
        socket.close(1000, 'bye');
      }
      await fixture.settle();
      expect([connection.closedCount, closing.connection.closedCount]).toEqual([1, 1]);
    },
  },
];

export const SOCKET_CLAUSES: readonly Clause[] = [...TALK, ...ENDS];
