import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { maskedFrame } from '../../../../../src/contracts/transports/network-client.ts';
import { DirectSocket } from '../../../../../src/adapters/transports/node/direct-socket.ts';
import { FrameDecoder } from '../../../../../src/adapters/transports/node/frame-decoder.ts';
import { FrameMemory } from '../../../../../src/adapters/transports/node/frame-memory.ts';
import { OpenConnections } from '../../../../../src/adapters/transports/node/open-connections.ts';
import { TurnEnd } from '../../../../../src/adapters/transports/shared/turn-end.ts';
import { InputBudget } from '../../../../../src/adapters/transports/shared/input-budget.ts';
import { createTurns } from '../../../../../src/adapters/transports/shared/turn-tasks.ts';
import { ConnectionReporter } from '../../../../../src/adapters/transports/shared/connection-reporter.ts';
import { echoed } from '../../../../../src/domain/ids.ts';
import { notice } from '../../../../../src/domain/message.ts';
import { ADMISSION, RecordingGateway } from '../../../../../src/contracts/transports/recording-gateway.ts';

const LIMITS = { maxFrameBytes: 1_000, sendBufferBytes: 100 };
const TEXT = 1;
const CONTINUATION = 0;
const CLOSE = 8;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const message = notice('leave', echoed('bob'), echoed('ann'));
const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A socket over a stream that records each write. */
function opened({ isStuck = false, turns = createTurns(new InputBudget()) } = {}) {
  const writes: string[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _, done) => {
      writes.push(chunk.toString('latin1'));
      if (!isStuck) done();
    },
  });
  const gateway = new RecordingGateway();
  const openConnections = new OpenConnections();
  const reporterContext = {
    gateway,
    defer: queueMicrotask,
    maxBacklogBytes: Number.POSITIVE_INFINITY,
    turns,
  };
  const reporter = new ConnectionReporter(reporterContext, ADMISSION);
  const decoder = new FrameDecoder(LIMITS.maxFrameBytes);
  const socket = new DirectSocket(stream, {
    reporter,
    context: { limits: LIMITS, turnEnd: new TurnEnd(), decoder, openConnections, frameMemory: new FrameMemory() },
  });
  openConnections.add(socket);
  socket.start('101\r\n\r\n', Buffer.alloc(0));
  reporter.opened(socket);
  return { socket, stream, writes, connection: () => gateway.connections[0] };
}

describe('a direct socket', () => {
  it('M17: the response to the handshake and the texts of a turn are sent in one write, in order', async () => {
    const { socket, writes } = opened();
    for (const text of ['a', 'b']) socket.write(bytes(text));
    expect(writes).toEqual([]);
    await turnOfTheLoop();
    socket.write(bytes('c'));
    await turnOfTheLoop();
    expect(writes).toEqual(['101\r\n\r\n\u0081\u0001a\u0081\u0001b', '\u0081\u0001c']);
  });

  it('M16, L2: a client that closes in the turn of its handshake receives the response, and its messages are returned', async () => {
    const { socket, stream, writes, connection } = opened();
    socket.write(bytes('a'), message);
    stream.push(maskedFrame(CLOSE, Uint8Array.of(3, 232)));
    await turnOfTheLoop();
    await turnOfTheLoop();
    expect(writes).toEqual(['101\r\n\r\n', '\u0088\u0002\u0003\u00e8']);
    expect([connection()?.unsent, connection()?.late, connection()?.closedCount]).toEqual([[message], [], 1]);
  });

  it('M16: a turn may write more than the buffer to a client that reads, and to no other', async () => {
    const outcomes = ({ socket }: { readonly socket: DirectSocket }) =>
      Array.from({ length: 5 }, () => socket.write(bytes('x'.repeat(40))));
    const [reader, stuck] = [opened(), opened({ isStuck: true })];
    expect(outcomes(reader)).not.toContain('gone');
    expect(outcomes(stuck)).toContain('gone');
    stuck.stream.destroy();
    await turnOfTheLoop();
    expect(stuck.connection()?.end).toMatchObject({ by: 'broker', code: 1008 });
  });

  it('M23: after 128 KiB a connection is not read until the next turn', async () => {
    const { socket, stream } = opened();
    const chunk = Buffer.concat(Array.from({ length: 132 }, () => maskedFrame(TEXT, new Uint8Array(1_000).fill(97))));
    socket.receiveChunk(chunk);
    expect(stream.isPaused()).toBe(true);
    while (stream.isPaused()) await turnOfTheLoop();
    expect(stream.isPaused()).toBe(false);
  });

  it('M23: empty fragments count for the turn: the connection is not read until the next one, and the frames of others wait', async () => {
    const turns = createTurns(new InputBudget());
    const [flood, other] = [opened({ turns }), opened({ turns })];
    const empty = maskedFrame(CONTINUATION, new Uint8Array(), { isFinal: false });
    const fragments = [maskedFrame(TEXT, new Uint8Array(), { isFinal: false }), ...Array.from({ length: 1_999 }, () => empty)];
    const last = maskedFrame(CONTINUATION, bytes('a'));
    for (let message = 0; message < 8; message++) flood.socket.receiveChunk(Buffer.concat([...fragments, last]));
    expect(flood.stream.isPaused()).toBe(true);
    const texts = Array.from({ length: 20 }, () => maskedFrame(TEXT, bytes('b')));
    other.socket.receiveChunk(Buffer.concat(texts));
    expect(other.connection()?.frames.length).toBeLessThan(texts.length);
    while (flood.stream.isPaused() || other.stream.isPaused()) await turnOfTheLoop();
    expect([flood.connection()?.frames.length, other.connection()?.frames.length]).toEqual([8, texts.length]);
  });

  it('M23: a message in too many fragments closes its connection with 1008', async () => {
    const { socket, writes, connection } = opened();
    await turnOfTheLoop();
    const fragment = maskedFrame(CONTINUATION, new Uint8Array(), { isFinal: false });
    const fragments = Array.from({ length: 2_049 }, () => fragment);
    socket.receiveChunk(Buffer.concat([maskedFrame(TEXT, bytes('a'), { isFinal: false }), ...fragments]));
    await turnOfTheLoop();
    expect(connection()?.end).toEqual({ by: 'broker', code: 1008, fault: 'too-many-fragments' });
    expect(writes.at(-1)).toBe('\u0088\u0002\u0003\u00f0');
  });

  it('M19: a connection that the broker has paused is not read in later turns', async () => {
    const { socket, stream } = opened();
    socket.pause();
    await turnOfTheLoop();
    expect(stream.isPaused()).toBe(true);
    socket.resume();
    expect(stream.isPaused()).toBe(false);
  });

  it('writes nothing after its end', async () => {
    const { socket, stream, writes } = opened();
    await turnOfTheLoop();
    stream.destroy();
    await turnOfTheLoop();
    expect([socket.write(bytes('a')), writes.length]).toEqual(['gone', 1]);
  });
});
