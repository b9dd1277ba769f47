import { expect } from '../expect.ts';
import { CLOSE_GRACE } from '../../adapters/transports/shared/settings.ts';
import { textOf, type ReceivedFrame } from './recording-gateway.ts';
import type { Clause } from './fixture.ts';
import { KIB, bytes, numbers, flood } from './socket-clauses.ts';

/* Limits of frames and buffers, and pauses, as documented in socket.ts. */

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
    name: 'M23: requests of a frame that wait are handled before the next frame and before the end',
    async run(fixture) {
      const { client, connection } = await fixture.connect();
      const handled: string[] = [];
      let rest = 0;
      const handle = ({ frames, socket }: typeof connection): void => {
        while (rest > 0) {
          handled.push(`${textOf(frames.at(-1) as ReceivedFrame)} ${rest}`);
          rest -= 1;
          if (rest > 0 && socket.mayContinue?.() === false) return;
        }
      };
      fixture.gateway.onContinue = handle;
      fixture.gateway.onFrame = (recorded) => {
        handled.push(...Array.from({ length: rest }, () => 'left behind'));
        rest = 2_000;
        handle(recorded);
      };
      for (const text of numbers(3)) client.send(text);
      client.close(1000, '');
      await fixture.until('the connection is closed', () => connection.closedCount > 0);
      const inOrder = numbers(3).flatMap((text) => Array.from({ length: 2_000 }, (_, n) => `${text} ${2_000 - n}`));
      expect([rest, connection.late, fixture.gateway.reentrantCalls]).toEqual([0, [], []]);
      expect(handled).toEqual(inOrder);
    },
  },
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

export const PRESSURE_CLAUSES: readonly Clause[] = [...BOUNDS, ...PAUSES];
