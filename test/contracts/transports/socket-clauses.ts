import { expect } from 'vitest';
import { CLOSE_GRACE } from '../../../src/adapters/transports/shared/settings.ts';
import type { WriteOutcome } from '../../../src/application/ports/socket.ts';
import { textOf, type Near } from './recording-gateway.ts';
import type { Clause } from './scene.ts';

/* What socket.ts promises, and what of Gateway is about one connection. */

const KIB = 1_024;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));

/** Writes until the answer is `gone`. */
function flood({ socket }: Near, size: number, most = 400): WriteOutcome[] {
  const outcomes: WriteOutcome[] = [];
  const block = new Uint8Array(size).fill(97);
  while (outcomes.at(-1) !== 'gone' && outcomes.length < most) outcomes.push(socket.write(block));
  return outcomes;
}

const TALK: readonly Clause[] = [
  {
    name: 'text and binary frames are reported whole, and told apart',
    async run(scene) {
      const { far, near } = await scene.connect();
      far.send('grüße');
      far.send(Uint8Array.of(0, 255, 1));
      await scene.until('both are reported', () => near.frames.length === 2);
      expect(near.frames.map(({ bytes: [...heard], isBinary }) => [heard, isBinary])).toEqual([
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
      const { far, near } = await scene.connect();
      for (const text of texts) {
        far.send(text);
        near.socket.write(bytes(text));
      }
      await scene.until('all have arrived', () => near.frames.length === texts.length && far.heard.length === texts.length);
      expect(near.frames.map(textOf)).toEqual(texts);
      expect(far.heard).toEqual(texts);
    },
  },
  {
    name: 'M17: order is kept, both ways',
    async run(scene) {
      const { far, near } = await scene.connect();
      for (const text of numbers(300)) {
        far.send(text);
        near.socket.write(bytes(text));
      }
      await scene.until('all have arrived', () => near.frames.length === 300 && far.heard.length === 300);
      expect(near.frames.map(textOf)).toEqual(numbers(300));
      expect(far.heard).toEqual(numbers(300));
    },
  },
  {
    name: 'what is written while the connection is reported open is heard',
    async run(scene) {
      scene.gateway.onOpened = ({ socket }) => {
        socket.write(bytes('welcome'));
        socket.write(bytes('and this waited for you'));
      };
      const { far } = await scene.connect();
      await scene.until('both are heard', () => far.heard.length === 2);
      expect(far.heard).toEqual(['welcome', 'and this waited for you']);
    },
  },
  {
    name: 'bytes that were lent to write are the caller’s again when it returns',
    settings: { sendBufferBytes: 32_768 * KIB },
    async run(scene) {
      const { far, near } = await scene.connect();
      far.stopReading();
      const lent = new Uint8Array(128 * KIB);
      for (let n = 0; n < 100; n++) {
        near.socket.write(lent.fill(97 + (n % 26)));
        lent.fill(33);
      }
      far.startReading();
      await scene.until('all are heard', () => far.heard.length === 100);
      for (const [n, text] of far.heard.entries()) {
        expect(text === String.fromCharCode(97 + (n % 26)).repeat(lent.length), `message ${n} is what was written`).toBe(true);
      }
    },
  },
];

const ENDS: readonly Clause[] = [
  {
    name: 'close tells its code and its reason',
    async run(scene) {
      const { far, near } = await scene.connect();
      const why = `${'é'.repeat(61)}!`;
      near.socket.close(4001, why);
      await scene.until('the far end hears it', () => far.closed !== undefined);
      expect(far.closed).toEqual({ code: 4001, why });
    },
  },
  {
    name: 'what was written before close is heard before it',
    async run(scene) {
      const { far, near } = await scene.connect();
      for (const text of numbers(20)) near.socket.write(bytes(text));
      near.socket.close(1008, 'ID is taken');
      await scene.until('the far end hears it', () => far.closed !== undefined);
      expect(far.heard).toEqual(numbers(20));
    },
  },
  {
    name: 'close never reports from inside the call',
    async run(scene) {
      const { gateway } = scene;
      const byItself = await scene.connect();
      byItself.near.socket.close(1000, 'in a turn of its own');
      expect(byItself.near.closedCount).toBe(0);
      gateway.onFrame = ({ socket }) => socket.close(1000, 'while a frame is reported');
      const inFrame = await scene.connect();
      inFrame.far.send('go');
      await scene.until('it is closed', () => inFrame.near.closedCount === 1);
      gateway.onOpened = ({ socket }) => socket.close(1000, 'while it opens');
      const inOpened = await scene.connect();
      await scene.until('all are closed', () => byItself.near.closedCount + inOpened.near.closedCount === 2);
      expect(gateway.intrusions).toEqual([]);
    },
  },
  {
    name: 'a socket that closes another one does not hear of it from inside',
    async run(scene) {
      const victim = await scene.connect();
      const { far, near } = await scene.connect();
      let closedInside = 0;
      scene.gateway.onFrame = () => {
        victim.near.socket.close(4001, 'superseded');
        closedInside = victim.near.closedCount;
      };
      far.send('go');
      await scene.until('the other is closed', () => victim.near.closedCount === 1);
      expect([closedInside, near.closedCount, scene.gateway.intrusions]).toEqual([0, 0, []]);
    },
  },
  {
    name: 'nothing of a connection is reported after it was closed',
    async run(scene) {
      const { far, near } = await scene.connect();
      for (const text of numbers(5)) far.send(text);
      far.close();
      await scene.until('it is closed', () => near.closedCount > 0);
      await scene.quiet();
      expect(near.frames.map(textOf)).toEqual(numbers(5));
      expect(near.late).toEqual([]);
    },
  },
  {
    name: 'O5: what the far end says after close counts no more',
    async run(scene) {
      const { far, near } = await scene.connect();
      scene.gateway.onFrame = ({ socket }) => socket.close(4001, 'superseded');
      for (const text of numbers(50)) far.send(text);
      await scene.until('it is closed', () => near.closedCount > 0);
      await scene.quiet();
      expect(near.frames.map(textOf)).toEqual(['0']);
    },
  },
  {
    name: 'closed is reported exactly once, whoever ends the connection, and however often',
    async run(scene) {
      const pairs = await Promise.all(Array.from({ length: 6 }, () => scene.connect().then(({ far }) => far)));
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
      await scene.quiet();
      expect(nears.map(({ closedCount }) => closedCount)).toEqual([1, 1, 1, 1, 1, 1]);
    },
  },
  {
    name: 'closed tells which side ended the connection, and the close code',
    async run(scene) {
      const { gateway } = scene;
      const [left, cut, dismissed] = [await scene.connect(), await scene.connect(), await scene.connect()];
      left.far.close(4321, 'bye');
      cut.far.cut();
      dismissed.near.socket.close(4001, 'superseded');
      await scene.until('none is open', () => gateway.openCount === 0);
      expect([left.near.end, cut.near.end, dismissed.near.end]).toMatchObject([
        { by: 'client', code: 4321 },
        { by: 'network', code: 1006 },
        { by: 'broker', code: 4001 },
      ]);
    },
  },
  {
    name: 'a second close does nothing',
    async run(scene) {
      const { far, near } = await scene.connect();
      near.socket.close(4001, 'first');
      near.socket.close(1008, 'second');
      await scene.until('it is over at both ends', () => near.closedCount > 0 && far.closed !== undefined);
      near.socket.close(1008, 'third');
      await scene.quiet();
      expect(far.closed).toEqual({ code: 4001, why: 'first' });
      expect(near.closedCount).toBe(1);
    },
  },
  {
    name: 'write to a socket that is over answers gone; no call throws',
    async run(scene) {
      const closing = await scene.connect();
      closing.near.socket.close(1000, 'bye');
      expect(closing.near.socket.write(bytes('too late'))).toBe('gone');
      const { far, near } = await scene.connect();
      far.cut();
      near.socket.write(bytes('it may be too late'));
      await scene.until('both are closed', () => near.closedCount + closing.near.closedCount === 2);
      for (const { socket } of [near, closing.near]) {
        expect(socket.write(bytes('too late'))).toBe('gone');
        socket.pause();
        socket.resume();
        socket.close(1000, 'bye');
      }
      await scene.quiet();
      expect([near.closedCount, closing.near.closedCount]).toEqual([1, 1]);
    },
  },
];

const BOUNDS: readonly Clause[] = [
  {
    name: 'M18: a frame of the limit is reported; one more byte is not, and its sender is closed 1009',
    settings: { maxFrameBytes: 1_000 },
    async run(scene) {
      const { far, near } = await scene.connect();
      far.send('x'.repeat(1_000));
      await scene.until('the frame is reported', () => near.frames.length === 1);
      far.send('x'.repeat(1_001));
      await scene.until('it is over at both ends', () => near.closedCount > 0 && far.closed !== undefined);
      expect(far.closed?.code).toBe(1009);
      expect(near.frames).toHaveLength(1);
      expect(near.end).toMatchObject({ by: 'broker', code: 1009, fault: 'message-too-big' });
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
      const { far, near } = await scene.connect();
      far.stopReading();
      const outcomes = flood(near, 128 * KIB);
      expect(outcomes).toContain('queued');
      expect(outcomes.at(-1)).toBe('gone');
      expect(near.closedCount).toBe(0);
      await scene.until('it is closed', () => near.closedCount > 0);
      expect(near.socket.write(bytes('more'))).toBe('gone');
      expect(near.end).toMatchObject({ by: 'broker', code: 1008, fault: 'reads-too-slowly' });
      await scene.quiet();
      expect([near.closedCount, scene.gateway.intrusions]).toEqual([1, []]);
    },
  },
  {
    name: 'M16: one that read slowly and reads again hears what was not gone, in order, and why it was closed',
    settings: { sendBufferBytes: 512 * KIB },
    async run(scene) {
      const { far, near } = await scene.connect();
      far.stopReading();
      const accepted = flood(near, 128 * KIB).filter((outcome) => outcome !== 'gone').length;
      far.startReading();
      await scene.until('it is over', () => far.closed !== undefined && near.closedCount === 1);
      expect(far.heard.length).toBe(accepted);
      expect(far.closed).toEqual({ code: 1008, why: 'reads too slowly' });
    },
  },
  {
    name: 'a far end that reads slowly hurts no other',
    settings: { sendBufferBytes: 512 * KIB },
    async run(scene) {
      const other = await scene.connect();
      const { far, near } = await scene.connect();
      far.stopReading();
      flood(near, 128 * KIB);
      await scene.expectAlive(other);
    },
  },
  {
    name: 'a message over the whole buffer leaves for a far end that has left nothing unread',
    settings: { sendBufferBytes: 16 * KIB },
    async run(scene) {
      const { far, near } = await scene.connect();
      expect(near.socket.write(new Uint8Array(1_024 * KIB).fill(97))).not.toBe('gone');
      await scene.until('it is heard', () => far.heard.length === 1);
      await scene.expectAlive({ far, near });
    },
  },
];

async function endOfHugeFrame(scene: Parameters<Clause['run']>[0]): Promise<number | undefined> {
  const { far, near } = await scene.connect();
  far.send('x'.repeat(1_000_000));
  await scene.until('it is over at both ends', () => near.closedCount > 0 && far.closed !== undefined);
  expect(near.frames).toEqual([]);
  expect(near.end).toMatchObject({ by: 'broker', code: 1009, fault: 'message-too-big' });
  return far.closed?.code;
}

const PAUSES: readonly Clause[] = [
  {
    name: 'M19: a paused connection reports no frame until resume, and not from inside it; then all, in order',
    async run(scene) {
      const { far, near } = await scene.connect();
      far.send('0');
      await scene.until('the first is reported', () => near.frames.length === 1);
      near.socket.pause();
      far.send('1');
      far.send('2');
      await scene.quiet();
      expect(near.frames).toHaveLength(1);
      near.socket.resume();
      expect(near.frames).toHaveLength(1);
      far.send('3');
      await scene.until('all are reported', () => near.frames.length === 4);
      expect([near.frames.map(textOf), scene.gateway.intrusions]).toEqual([numbers(4), []]);
    },
  },
  {
    name: 'M19: a pause from inside a frame holds what came with that frame, each time anew',
    async run(scene) {
      const { far, near } = await scene.connect();
      scene.gateway.onFrame = ({ socket }) => socket.pause();
      for (const text of numbers(20)) far.send(text);
      for (let reported = 1; reported <= 20; reported++) {
        await scene.until(`frame ${reported} is reported`, () => near.frames.length >= reported);
        if (reported % 7 === 1) await scene.quiet();
        expect(near.frames).toHaveLength(reported);
        near.socket.resume();
      }
      expect(near.frames.map(textOf)).toEqual(numbers(20));
    },
  },
  {
    name: 'M19: what a paused far end sends waits within a bound: it is held up, or closed 1008',
    settings: { sendBufferBytes: 256 * KIB },
    async run(scene) {
      const { far, near } = await scene.connect();
      near.socket.pause();
      const text = 'x'.repeat(128 * KIB);
      for (let n = 0; n < 120; n++) far.send(`${n} ${text}`);
      await scene.quiet();
      expect(near.frames).toEqual([]);
      near.socket.resume();
      await scene.until(
        'all are reported, or it is closed',
        () => near.frames.length === 120 || (near.closedCount === 1 && far.closed !== undefined),
      );
      if (near.closedCount === 1) expect([near.frames.length, far.closed?.code]).toEqual([0, 1008]);
      else expect(near.frames.map((frame) => Number.parseInt(textOf(frame), 10))).toEqual(numbers(120).map(Number));
    },
  },
  {
    name: 'M19: empty frames that wait are bounded too',
    settings: { sendBufferBytes: 16 * KIB },
    async run(scene) {
      const { far, near } = await scene.connect();
      near.socket.pause();
      for (let n = 0; n < 5_000; n++) far.send('');
      await scene.quiet();
      near.socket.resume();
      await scene.until('all are reported, or it is closed', () => near.frames.length === 5_000 || near.closedCount === 1);
      if (near.closedCount === 1) expect(near.frames).toEqual([]);
    },
  },
  {
    name: 'a far end that goes while it is paused is closed once, at the latest after resume',
    async run(scene) {
      const { far, near } = await scene.connect();
      near.socket.pause();
      far.send('unread');
      far.cut();
      await scene.quiet();
      expect(near.frames).toEqual([]);
      near.socket.resume();
      await scene.until('it is closed', () => near.closedCount > 0);
      await scene.quiet();
      expect([near.closedCount, near.late]).toEqual([1, []]);
    },
  },
  {
    name: 'a paused connection can be closed, and hears why',
    async run(scene) {
      const { far, near } = await scene.connect();
      near.socket.pause();
      far.send('unread');
      const began = Date.now();
      near.socket.close(1008, 'too many messages');
      await scene.until('it is over at both ends', () => near.closedCount > 0 && far.closed !== undefined);
      expect(Date.now() - began, 'milliseconds, for a far end that answers').toBeLessThan(CLOSE_GRACE);
      expect([near.frames, far.closed]).toEqual([[], { code: 1008, why: 'too many messages' }]);
    },
  },
];

export const SOCKET_CLAUSES: readonly Clause[] = [...TALK, ...ENDS, ...BOUNDS, ...PAUSES];
