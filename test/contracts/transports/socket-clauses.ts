import { expect } from 'vitest';
import { CLOSE_GRACE } from '../../../src/adapters/transports/shared/settings.ts';
import type { WriteOutcome } from '../../../src/application/ports/socket.ts';
import { textOf, type RecordedConnection } from './recording-gateway.ts';
import type { Clause } from './fixture.ts';

/* What socket.ts promises, and what of Gateway is about one connection. */

const KIB = 1_024;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));

/** Writes until the answer is `gone`. */
function flood({ socket }: RecordedConnection, size: number, most = 400): WriteOutcome[] {
  const outcomes: WriteOutcome[] = [];
  const block = new Uint8Array(size).fill(97);
  while (outcomes.at(-1) !== 'gone' && outcomes.length < most) outcomes.push(socket.write(block));
  return outcomes;
}

const TALK: readonly Clause[] = [
  {
    name: 'text and binary frames are reported whole, and told apart',
    async run(scene) {
      const { client, connection } = await scene.connect();
      client.send('grüße');
      client.send(Uint8Array.of(0, 255, 1));
      await scene.until('both are reported', () => connection.frames.length === 2);
      expect(connection.frames.map(({ bytes: [...heard], isBinary }) => [heard, isBinary])).toEqual([
        [[...bytes('grüße')], false],
        [[0, 255, 1], true],
      ]);
    },
  },
  {
    name: 'M2: empty text, 128 unicode characters, `__proto__` and a megabyte pass untouched, both ways',
    settings: { sendBufferBytes: 8_192 * KIB },
    async run(scene) {
      const texts = ['', '𝄞'.repeat(128), '__proto__', '\ufeffa\u2028b\u0000', 'x'.repeat(1_048_576)];
      const { client, connection } = await scene.connect();
      for (const text of texts) {
        client.send(text);
        connection.socket.write(bytes(text));
      }
      await scene.until(
        'all have arrived',
        () => connection.frames.length === texts.length && client.received.length === texts.length,
      );
      expect(connection.frames.map(textOf)).toEqual(texts);
      expect(client.received).toEqual(texts);
    },
  },
  {
    name: 'M17: order is kept, both ways',
    async run(scene) {
      const { client, connection } = await scene.connect();
      for (const text of numbers(300)) {
        client.send(text);
        connection.socket.write(bytes(text));
      }
      await scene.until('all have arrived', () => connection.frames.length === 300 && client.received.length === 300);
      expect(connection.frames.map(textOf)).toEqual(numbers(300));
      expect(client.received).toEqual(numbers(300));
    },
  },
  {
    name: 'what is written while the connection is reported open is heard',
    async run(scene) {
      scene.gateway.onOpened = ({ socket }) => {
        socket.write(bytes('welcome'));
        socket.write(bytes('and this waited for you'));
      };
      const { client } = await scene.connect();
      await scene.until('both are heard', () => client.received.length === 2);
      expect(client.received).toEqual(['welcome', 'and this waited for you']);
    },
  },
  {
    name: 'bytes that were lent to write are the caller’s again when it returns',
    settings: { sendBufferBytes: 32_768 * KIB },
    async run(scene) {
      const { client, connection } = await scene.connect();
      client.stopReading();
      const lent = new Uint8Array(128 * KIB);
      for (let n = 0; n < 100; n++) {
        connection.socket.write(lent.fill(97 + (n % 26)));
        lent.fill(33);
      }
      client.startReading();
      await scene.until('all are heard', () => client.received.length === 100);
      for (const [n, text] of client.received.entries()) {
        expect(text === String.fromCharCode(97 + (n % 26)).repeat(lent.length), `message ${n} is what was written`).toBe(true);
      }
    },
  },
];

const ENDS: readonly Clause[] = [
  {
    name: 'close tells its code and its reason',
    async run(scene) {
      const { client, connection } = await scene.connect();
      const why = `${'é'.repeat(61)}!`;
      connection.socket.close(4001, why);
      await scene.until('the far end hears it', () => client.closed !== undefined);
      expect(client.closed).toEqual({ code: 4001, why });
    },
  },
  {
    name: 'what was written before close is heard before it',
    async run(scene) {
      const { client, connection } = await scene.connect();
      for (const text of numbers(20)) connection.socket.write(bytes(text));
      connection.socket.close(1008, 'ID is taken');
      await scene.until('the far end hears it', () => client.closed !== undefined);
      expect(client.received).toEqual(numbers(20));
    },
  },
  {
    name: 'close never reports from inside the call',
    async run(scene) {
      const { gateway } = scene;
      const byItself = await scene.connect();
      byItself.connection.socket.close(1000, 'in a turn of its own');
      expect(byItself.connection.closedCount).toBe(0);
      gateway.onFrame = ({ socket }) => socket.close(1000, 'while a frame is reported');
      const inFrame = await scene.connect();
      inFrame.client.send('go');
      await scene.until('it is closed', () => inFrame.connection.closedCount === 1);
      gateway.onOpened = ({ socket }) => socket.close(1000, 'while it opens');
      const inOpened = await scene.connect();
      await scene.until('all are closed', () => byItself.connection.closedCount + inOpened.connection.closedCount === 2);
      expect(gateway.reentrantCalls).toEqual([]);
    },
  },
  {
    name: 'a socket that closes another one does not hear of it from inside',
    async run(scene) {
      const victim = await scene.connect();
      const { client, connection } = await scene.connect();
      let closedInside = 0;
      scene.gateway.onFrame = () => {
        victim.connection.socket.close(4001, 'superseded');
        closedInside = victim.connection.closedCount;
      };
      client.send('go');
      await scene.until('the other is closed', () => victim.connection.closedCount === 1);
      expect([closedInside, connection.closedCount, scene.gateway.reentrantCalls]).toEqual([0, 0, []]);
    },
  },
  {
    name: 'nothing of a connection is reported after it was closed',
    async run(scene) {
      const { client, connection } = await scene.connect();
      for (const text of numbers(5)) client.send(text);
      client.close();
      await scene.until('it is closed', () => connection.closedCount > 0);
      await scene.settle();
      expect(connection.frames.map(textOf)).toEqual(numbers(5));
      expect(connection.late).toEqual([]);
    },
  },
  {
    name: 'O5: what the far end says after close counts no more',
    async run(scene) {
      const { client, connection } = await scene.connect();
      scene.gateway.onFrame = ({ socket }) => socket.close(4001, 'superseded');
      for (const text of numbers(50)) client.send(text);
      await scene.until('it is closed', () => connection.closedCount > 0);
      await scene.settle();
      expect(connection.frames.map(textOf)).toEqual(['0']);
    },
  },
  {
    name: 'closed is reported exactly once, whoever ends the connection, and however often',
    async run(scene) {
      const pairs = await Promise.all(Array.from({ length: 6 }, () => scene.connect().then(({ client }) => client)));
      const nears = scene.gateway.connections;
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
      await scene.until('none is open', () => scene.gateway.openCount === 0);
      await scene.settle();
      expect(nears.map(({ closedCount }) => closedCount)).toEqual([1, 1, 1, 1, 1, 1]);
    },
  },
  {
    name: 'closed tells which side ended the connection, and the close code',
    async run(scene) {
      const { gateway } = scene;
      const [left, cut, dismissed] = [await scene.connect(), await scene.connect(), await scene.connect()];
      left.client.close(4321, 'bye');
      cut.client.cut();
      dismissed.connection.socket.close(4001, 'superseded');
      await scene.until('none is open', () => gateway.openCount === 0);
      expect([left.connection.end, cut.connection.end, dismissed.connection.end]).toMatchObject([
        { by: 'client', code: 4321 },
        { by: 'network', code: 1006 },
        { by: 'broker', code: 4001 },
      ]);
    },
  },
  {
    name: 'a second close does nothing',
    async run(scene) {
      const { client, connection } = await scene.connect();
      connection.socket.close(4001, 'first');
      connection.socket.close(1008, 'second');
      await scene.until('it is over at both ends', () => connection.closedCount > 0 && client.closed !== undefined);
      connection.socket.close(1008, 'third');
      await scene.settle();
      expect(client.closed).toEqual({ code: 4001, why: 'first' });
      expect(connection.closedCount).toBe(1);
    },
  },
  {
    name: 'write to a socket that is over answers gone; no call throws',
    async run(scene) {
      const closing = await scene.connect();
      closing.connection.socket.close(1000, 'bye');
      expect(closing.connection.socket.write(bytes('too late'))).toBe('gone');
      const { client, connection } = await scene.connect();
      client.cut();
      connection.socket.write(bytes('it may be too late'));
      await scene.until('both are closed', () => connection.closedCount + closing.connection.closedCount === 2);
      for (const { socket } of [connection, closing.connection]) {
        expect(socket.write(bytes('too late'))).toBe('gone');
        socket.pause();
        socket.resume();
        socket.close(1000, 'bye');
      }
      await scene.settle();
      expect([connection.closedCount, closing.connection.closedCount]).toEqual([1, 1]);
    },
  },
];

const BOUNDS: readonly Clause[] = [
  {
    name: 'M18: a frame of the limit is reported; one more byte is not, and its sender is closed 1009',
    settings: { maxFrameBytes: 1_000 },
    async run(scene) {
      const { client, connection } = await scene.connect();
      client.send('x'.repeat(1_000));
      await scene.until('the frame is reported', () => connection.frames.length === 1);
      client.send('x'.repeat(1_001));
      await scene.until('it is over at both ends', () => connection.closedCount > 0 && client.closed !== undefined);
      expect(client.closed?.code).toBe(1009);
      expect(connection.frames).toHaveLength(1);
      expect(connection.end).toMatchObject({ by: 'broker', code: 1009, fault: 'message-too-big' });
    },
  },
  {
    name: 'M18: the sender of a frame far over the limit is told 1009',
    needs: ['tellsHugeFrames'],
    settings: { maxFrameBytes: 1_000 },
    run: async (scene) => expect(await endOfHugeFrame(scene)).toBe(1009),
    otherwise: {
      lacking: 'tellsHugeFrames',
      name: 'M18: the sender of a frame far over the limit is cut',
      run: async (scene) => expect(await endOfHugeFrame(scene)).toBe(1006),
    },
  },
  {
    name: 'M16: a far end that reads slowly: writes are queued, then gone; and then it is closed',
    settings: { sendBufferBytes: 512 * KIB },
    async run(scene) {
      const { client, connection } = await scene.connect();
      client.stopReading();
      const outcomes = flood(connection, 128 * KIB);
      expect(outcomes).toContain('queued');
      expect(outcomes.at(-1)).toBe('gone');
      expect(connection.closedCount).toBe(0);
      await scene.until('it is closed', () => connection.closedCount > 0);
      expect(connection.socket.write(bytes('more'))).toBe('gone');
      expect(connection.end).toMatchObject({ by: 'broker', code: 1008, fault: 'reads-too-slowly' });
      await scene.settle();
      expect([connection.closedCount, scene.gateway.reentrantCalls]).toEqual([1, []]);
    },
  },
  {
    name: 'M16: one that read slowly and reads again hears what was not gone, in order, and why it was closed',
    settings: { sendBufferBytes: 512 * KIB },
    async run(scene) {
      const { client, connection } = await scene.connect();
      client.stopReading();
      const accepted = flood(connection, 128 * KIB).filter((outcome) => outcome !== 'gone').length;
      client.startReading();
      await scene.until('it is over', () => client.closed !== undefined && connection.closedCount === 1);
      expect(client.received.length).toBe(accepted);
      expect(client.closed).toEqual({ code: 1008, why: 'reads too slowly' });
    },
  },
  {
    name: 'a far end that reads slowly hurts no other',
    settings: { sendBufferBytes: 512 * KIB },
    async run(scene) {
      const other = await scene.connect();
      const { client, connection } = await scene.connect();
      client.stopReading();
      flood(connection, 128 * KIB);
      await scene.expectAlive(other);
    },
  },
  {
    name: 'a message over the whole buffer leaves for a far end that has left nothing unread',
    settings: { sendBufferBytes: 16 * KIB },
    async run(scene) {
      const { client, connection } = await scene.connect();
      expect(connection.socket.write(new Uint8Array(1_024 * KIB).fill(97))).not.toBe('gone');
      await scene.until('it is heard', () => client.received.length === 1);
      await scene.expectAlive({ client, connection });
    },
  },
];

async function endOfHugeFrame(scene: Parameters<Clause['run']>[0]): Promise<number | undefined> {
  const { client, connection } = await scene.connect();
  client.send('x'.repeat(1_000_000));
  await scene.until('it is over at both ends', () => connection.closedCount > 0 && client.closed !== undefined);
  expect(connection.frames).toEqual([]);
  expect(connection.end).toMatchObject({ by: 'broker', code: 1009, fault: 'message-too-big' });
  return client.closed?.code;
}

const PAUSES: readonly Clause[] = [
  {
    name: 'M19: a paused connection reports no frame until resume, and not from inside it; then all, in order',
    async run(scene) {
      const { client, connection } = await scene.connect();
      client.send('0');
      await scene.until('the first is reported', () => connection.frames.length === 1);
      connection.socket.pause();
      client.send('1');
      client.send('2');
      await scene.settle();
      expect(connection.frames).toHaveLength(1);
      connection.socket.resume();
      expect(connection.frames).toHaveLength(1);
      client.send('3');
      await scene.until('all are reported', () => connection.frames.length === 4);
      expect([connection.frames.map(textOf), scene.gateway.reentrantCalls]).toEqual([numbers(4), []]);
    },
  },
  {
    name: 'M19: a pause from inside a frame holds what came with that frame, each time anew',
    async run(scene) {
      const { client, connection } = await scene.connect();
      scene.gateway.onFrame = ({ socket }) => socket.pause();
      for (const text of numbers(20)) client.send(text);
      for (let reported = 1; reported <= 20; reported++) {
        await scene.until(`frame ${reported} is reported`, () => connection.frames.length >= reported);
        if (reported % 7 === 1) await scene.settle();
        expect(connection.frames).toHaveLength(reported);
        connection.socket.resume();
      }
      expect(connection.frames.map(textOf)).toEqual(numbers(20));
    },
  },
  {
    name: 'M19: what a paused far end sends waits within a bound: it is held up, or closed 1008',
    settings: { sendBufferBytes: 256 * KIB },
    async run(scene) {
      const { client, connection } = await scene.connect();
      connection.socket.pause();
      const text = 'x'.repeat(128 * KIB);
      for (let n = 0; n < 120; n++) client.send(`${n} ${text}`);
      await scene.settle();
      expect(connection.frames).toEqual([]);
      connection.socket.resume();
      await scene.until(
        'all are reported, or it is closed',
        () => connection.frames.length === 120 || (connection.closedCount === 1 && client.closed !== undefined),
      );
      if (connection.closedCount === 1) expect([connection.frames.length, client.closed?.code]).toEqual([0, 1008]);
      else expect(connection.frames.map((frame) => Number.parseInt(textOf(frame), 10))).toEqual(numbers(120).map(Number));
    },
  },
  {
    name: 'M19: empty frames that wait are bounded too',
    settings: { sendBufferBytes: 16 * KIB },
    async run(scene) {
      const { client, connection } = await scene.connect();
      connection.socket.pause();
      for (let n = 0; n < 5_000; n++) client.send('');
      await scene.settle();
      connection.socket.resume();
      await scene.until(
        'all are reported, or it is closed',
        () => connection.frames.length === 5_000 || connection.closedCount === 1,
      );
      if (connection.closedCount === 1) expect(connection.frames).toEqual([]);
    },
  },
  {
    name: 'a far end that goes while it is paused is closed once, at the latest after resume',
    async run(scene) {
      const { client, connection } = await scene.connect();
      connection.socket.pause();
      client.send('unread');
      client.cut();
      await scene.settle();
      expect(connection.frames).toEqual([]);
      connection.socket.resume();
      await scene.until('it is closed', () => connection.closedCount > 0);
      await scene.settle();
      expect([connection.closedCount, connection.late]).toEqual([1, []]);
    },
  },
  {
    name: 'a paused connection can be closed, and hears why',
    async run(scene) {
      const { client, connection } = await scene.connect();
      connection.socket.pause();
      client.send('unread');
      const began = Date.now();
      connection.socket.close(1008, 'too many messages');
      await scene.until('it is over at both ends', () => connection.closedCount > 0 && client.closed !== undefined);
      expect(Date.now() - began, 'milliseconds, for a far end that answers').toBeLessThan(CLOSE_GRACE);
      expect([connection.frames, client.closed]).toEqual([[], { code: 1008, why: 'too many messages' }]);
    },
  },
];

export const SOCKET_CLAUSES: readonly Clause[] = [...TALK, ...ENDS, ...BOUNDS, ...PAUSES];
