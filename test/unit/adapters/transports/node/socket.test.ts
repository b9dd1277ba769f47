import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { NodeSocket } from '../../../../../src/adapters/transports/node/socket.ts';
import { TurnEnd } from '../../../../../src/adapters/transports/shared/turn-end.ts';
import { InputBudget } from '../../../../../src/adapters/transports/shared/input-budget.ts';
import { createTurns } from '../../../../../src/adapters/transports/shared/turn-tasks.ts';
import { ConnectionReporter } from '../../../../../src/adapters/transports/shared/connection-reporter.ts';
import { echoed } from '../../../../../src/domain/ids.ts';
import { notice } from '../../../../../src/domain/message.ts';
import { ADMISSION, RecordingGateway } from '../../../../../src/contracts/transports/recording-gateway.ts';

const LIMITS = { maxFrameBytes: 1_000, sendBufferBytes: 100 };
const OPEN = 1;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const message = notice('leave', echoed('bob'), echoed('ann'));
const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** An open socket over a stream that records each write. */
function opened({ isStuck = false } = {}) {
  const writes: string[][] = [];
  const left = (chunks: readonly Buffer[], done: () => void): void => {
    writes.push(chunks.map(String));
    if (!isStuck) done();
  };
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => left([chunk], done),
    writev: (chunks, done) =>
      left(
        chunks.map(({ chunk }) => chunk as Buffer),
        done,
      ),
  });
  const closeCodes: number[] = [];
  const reading: string[] = [];
  const ws = {
    OPEN,
    readyState: OPEN,
    get bufferedAmount() {
      return stream.writableLength;
    },
    send: (text: Buffer) => void stream.write(text),
    close: (code: number) => void closeCodes.push(code),
    pause: () => void reading.push('pause'),
    resume: () => void reading.push('resume'),
  };
  const gateway = new RecordingGateway();
  const turns: (() => void)[] = [];
  const defer = (turn: () => void): void => void turns.push(turn);
  const reporterContext = { gateway, defer, maxBacklogBytes: Number.POSITIVE_INFINITY, turns: createTurns(new InputBudget()) };
  const reporter = new ConnectionReporter(reporterContext, ADMISSION);
  const context = { limits: LIMITS, turnEnd: new TurnEnd() };
  const socket = new NodeSocket(ws as unknown as WebSocket, stream as never, { reporter, context });
  reporter.opened(socket);
  const pass = (): void => turns.splice(0).forEach((turn) => turn());
  return { socket, writes, closeCodes, reading, pass, connection: () => gateway.connections[0] };
}

describe('a socket of ws', () => {
  it('M17: texts of one event-loop turn are sent in one write, in order', async () => {
    const { socket, writes } = opened();
    for (const text of ['a', 'b', 'c']) socket.write(bytes(text));
    expect(writes).toEqual([]);
    await turnOfTheLoop();
    socket.write(bytes('d'));
    await turnOfTheLoop();
    expect(writes).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('M16: a message that was accepted and not sent is returned before the close is reported', () => {
    const { socket, writes, pass, connection } = opened();
    expect(socket.write(bytes('a'), message)).toBe('sent');
    socket.closed(1006);
    pass();
    expect([writes, connection()?.unsent, connection()?.late, connection()?.closedCount]).toEqual([[], [message], [], 1]);
  });

  it('M16: a sent message is not returned', async () => {
    const { socket, pass, connection } = opened();
    socket.write(bytes('a'), message);
    await turnOfTheLoop();
    socket.closed(1006);
    pass();
    expect(connection()?.unsent).toEqual([]);
  });

  it('M16: a turn may write more than the buffer to a client that reads, and to no other', () => {
    const reader = opened();
    const outcomes = (socket: NodeSocket) => Array.from({ length: 5 }, () => socket.write(bytes('x'.repeat(40))));
    expect(outcomes(reader.socket)).not.toContain('gone');
    const stuck = opened({ isStuck: true });
    expect(outcomes(stuck.socket)).toContain('gone');
    expect([reader.closeCodes, stuck.closeCodes[0]]).toEqual([[], 1008]);
  });

  it('M23: after 128 KiB a connection is not read until the next turn', async () => {
    const { socket, reading } = opened();
    socket.receiveChunk(65_536);
    expect(reading).toEqual([]);
    socket.receiveChunk(65_536);
    expect(reading).toEqual(['pause']);
    await turnOfTheLoop();
    expect(reading).toEqual(['pause', 'resume']);
  });

  it('M19, M23: a connection that the broker has paused is not read in the next turn', async () => {
    const { socket, reading } = opened();
    socket.receiveChunk(131_072);
    socket.pause();
    await turnOfTheLoop();
    expect(reading).not.toContain('resume');
    socket.resume();
    expect(reading.at(-1)).toBe('resume');
  });

  it('M23: a connection whose frames wait for later turns is not read meanwhile', async () => {
    const { socket, reading, connection } = opened();
    for (let n = 0; n < 3_000; n++) socket.receiveMessage(bytes('a'), false);
    socket.receiveChunk(21_000);
    expect(connection()?.frames.length).toBeLessThan(3_000);
    while (reading.at(-1) === 'pause') await turnOfTheLoop();
    expect(connection()?.frames).toHaveLength(3_000);
  });
});
