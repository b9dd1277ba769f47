import { expect } from 'vitest';
import { CLOSE_GRACE } from '../../../src/adapters/transports/shared/settings.ts';
import type { WriteOutcome } from '../../../src/application/ports/socket.ts';
import { textOf, type RecordedConnection } from './recording-gateway.ts';
import type { Clause } from './fixture.ts';

/* Sockets and their reports, as documented in socket.ts and transport.ts. */

const KIB = 1_024;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));

/** Writes until the result is `gone`. */
function flood({ socket }: RecordedConnection, size: number, most = 400): WriteOutcome[] {
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

const BOUNDS: readonly Clause[] = [
  {
    name: 'M18: a frame of the limit is reported; one more byte is not, and its sender is closed with 1009',
    settings: { maxFrameBytes: 1_000 },
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      client.send('x'.repeat(1_000));
      await fixture.until('the frame is reported', () => connection.frames.length === 1);
      client.send('x'.repeat(1_001));
      await fixture.until('both ends are closed', () => connection.closedCount > 0 && client.closed !== undefined);
      expect(client.closed?.code).toBe(1009);
      expect(connection.frames).toHaveLength(1);
      expect(connection.end).toMatchObject({ by: 'broker', code: 1009, fault: 'message-too-big' });
    },
  },
  {
    name: 'M18: the sender of a frame far beyond the limit receives 1009',
    needs: ['closesHugeFrames'],
    settings: { maxFrameBytes: 1_000 },
    run: async (fixture) => expect(await endOfHugeFrame(fixture)).toBe(1009),
    otherwise: {
      lacking: 'closesHugeFrames',
      name: 'M18: the sender of a frame far beyond the limit is cut',
      run: async (fixture) => expect(await endOfHugeFrame(fixture)).toBe(1006),
    },
  },
  {
    name: 'M16: writes to a slow client are queued, then gone; then the client is closed',
    settings: { sendBufferBytes: 512 * KIB },
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      client.stopReading();
      const outcomes = flood(connection, 128 * KIB);
      expect(outcomes).toContain('queued');
      expect(outcomes.at(-1)).toBe('gone');
      expect(connection.closedCount).toBe(0);
      await fixture.until('the connection is closed', () => connection.closedCount > 0);
      expect(connection.socket.write(bytes('more'))).toBe('gone');
      expect(connection.end).toMatchObject({ by: 'broker', code: 1008, fault: 'reads-too-slowly' });
      await fixture.settle();
      expect([connection.closedCount, fixture.gateway.reentrantCalls]).toEqual([1, []]);
    },
  },
  {
    name: 'M16: a slow client that reads again receives all accepted texts in order, and the close reason',
    settings: { sendBufferBytes: 512 * KIB },
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      client.stopReading();
      const accepted = flood(connection, 128 * KIB).filter((outcome) => outcome !== 'gone').length;
      client.startReading();
      await fixture.until('the connection is closed', () => client.closed !== undefined && connection.closedCount === 1);
      expect(client.received.length).toBe(accepted);
      expect(client.closed).toEqual({ code: 1008, why: 'reads too slowly' });
    },
  },
  {
    name: 'a slow client affects no other',
    settings: { sendBufferBytes: 512 * KIB },
    async run(fixture) {
      const other = await fixture.connect();
      const { client, connection } = await fixture.connect();
      client.stopReading();
      flood(connection, 128 * KIB);
      await fixture.expectAlive(other);
    },
  },
  {
    name: 'a message larger than the buffer is sent to a client that has read everything',
    settings: { sendBufferBytes: 16 * KIB },
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      expect(connection.socket.write(new Uint8Array(1_024 * KIB).fill(97))).not.toBe('gone');
      await fixture.until('the text is received', () => client.received.length === 1);
      await fixture.expectAlive({ client, connection });
    },
  },
];

async function endOfHugeFrame(fixture: Parameters<Clause['run']>[0]): Promise<number | undefined> {
  const { client, connection } = await fixture.connect();
  client.send('x'.repeat(1_000_000));
  await fixture.until('both ends are closed', () => connection.closedCount > 0 && client.closed !== undefined);
  expect(connection.frames).toEqual([]);
  expect(connection.end).toMatchObject({ by: 'broker', code: 1009, fault: 'message-too-big' });
  return client.closed?.code;
}

const PAUSES: readonly Clause[] = [
  {
    name: 'M19: a paused connection reports no frame until resume, and none within the call; then all, in order',
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      client.send('0');
      await fixture.until('the first is reported', () => connection.frames.length === 1);
      connection.socket.pause();
      client.send('1');
      client.send('2');
      await fixture.settle();
      expect(connection.frames).toHaveLength(1);
      connection.socket.resume();
      expect(connection.frames).toHaveLength(1);
      client.send('3');
      await fixture.until('all are reported', () => connection.frames.length === 4);
      expect([connection.frames.map(textOf), fixture.gateway.reentrantCalls]).toEqual([numbers(4), []]);
    },
  },
  {
    name: 'M19: a pause within a frame delays the frames of the same packet, each time again',
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      fixture.gateway.onFrame = ({ socket }) => socket.pause();
      for (const text of numbers(20)) client.send(text);
      for (let reported = 1; reported <= 20; reported++) {
        await fixture.until(`frame ${reported} is reported`, () => connection.frames.length >= reported);
        if (reported % 7 === 1) await fixture.settle();
        expect(connection.frames).toHaveLength(reported);
        connection.socket.resume();
      }
      expect(connection.frames.map(textOf)).toEqual(numbers(20));
    },
  },
  {
    name: 'M19: input of a paused client is limited: the client is no longer read, or closed with 1008',
    settings: { sendBufferBytes: 256 * KIB },
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      connection.socket.pause();
      const text = 'x'.repeat(128 * KIB);
      for (let n = 0; n < 120; n++) client.send(`${n} ${text}`);
      await fixture.settle();
      expect(connection.frames).toEqual([]);
      connection.socket.resume();
      await fixture.until(
        'all are reported, or the connection is closed',
        () => connection.frames.length === 120 || (connection.closedCount === 1 && client.closed !== undefined),
      );
      if (connection.closedCount === 1) expect([connection.frames.length, client.closed?.code]).toEqual([0, 1008]);
      else expect(connection.frames.map((frame) => Number.parseInt(textOf(frame), 10))).toEqual(numbers(120).map(Number));
    },
  },
  {
    name: 'M19: queued empty frames are limited too',
    settings: { sendBufferBytes: 16 * KIB },
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      connection.socket.pause();
      for (let n = 0; n < 5_000; n++) client.send('');
      await fixture.settle();
      connection.socket.resume();
      await fixture.until(
        'all are reported, or the connection is closed',
        () => connection.frames.length === 5_000 || connection.closedCount === 1,
      );
      if (connection.closedCount === 1) expect(connection.frames).toEqual([]);
    },
  },
  {
    name: 'a client that disconnects while it is paused is closed once, at the latest after resume',
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      connection.socket.pause();
      client.send('unread');
      client.cut();
      await fixture.settle();
      expect(connection.frames).toEqual([]);
      connection.socket.resume();
      await fixture.until('the connection is closed', () => connection.closedCount > 0);
      await fixture.settle();
      expect([connection.closedCount, connection.late]).toEqual([1, []]);
    },
  },
  {
    name: 'a paused connection can be closed, and receives the reason',
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      connection.socket.pause();
      client.send('unread');
      const began = Date.now();
      connection.socket.close(1008, 'too many messages');
      await fixture.until('both ends are closed', () => connection.closedCount > 0 && client.closed !== undefined);
      expect(Date.now() - began, 'milliseconds, for a client that answers').toBeLessThan(CLOSE_GRACE);
      expect([connection.frames, client.closed]).toEqual([[], { code: 1008, why: 'too many messages' }]);
    },
  },
];

export const SOCKET_CLAUSES: readonly Clause[] = [...TALK, ...ENDS, ...BOUNDS, ...PAUSES];
