import { describe, expect, it } from 'vitest';
import { ConnectionReporter } from '../../../../../src/adapters/transports/shared/connection-reporter.ts';
import type { Socket } from '../../../../../src/application/ports/socket.ts';
import type { ConnectionEnd } from '../../../../../src/application/ports/transport.ts';
import { echoed } from '../../../../../src/domain/ids.ts';
import { type MemoryAccount } from '../../../../../src/domain/memory-account.ts';
import { MemoryBudget } from '../../../../../src/domain/memory-budget.ts';
import { notice } from '../../../../../src/domain/message.ts';
import { QUEUED_FRAME_BYTES } from '../../../../../src/domain/memory-sizes.ts';
import { ADMISSION, RecordingGateway, textOf } from '../../../../../src/contracts/transports/recording-gateway.ts';

const SOCKET: Socket = {
  write: () => 'sent',
  ping: () => undefined,
  close: () => undefined,
  terminate: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
};
const CLOSED: ConnectionEnd = { by: 'broker', code: 4001 };
const LOST: ConnectionEnd = { by: 'network', code: 1006 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** One open connection, and a queue of the deferred turns. */
function opened(room = 1_000, memory?: MemoryAccount) {
  const gateway = new RecordingGateway();
  const turns: (() => void)[] = [];
  const context = { gateway, defer: (turn: () => void) => void turns.push(turn), maxBacklogBytes: room };
  const reporter = new ConnectionReporter(context, memory === undefined ? ADMISSION : { ...ADMISSION, memory });
  reporter.opened(SOCKET);
  const pass = (): void => turns.splice(0).forEach((turn) => turn());
  return {
    reporter,
    gateway,
    pass,
    received: () => gateway.connections[0]?.frames.map(textOf),
    connection: () => gateway.connections[0],
  };
}

describe('the reports of one connection', () => {
  it('frames are reported at once', () => {
    const { reporter, received } = opened();
    expect(reporter.frame(bytes('a'), false)).toBe(true);
    expect(received()).toEqual(['a']);
  });

  it('M19: frames that are received while paused are copied and queued; frames after resume are queued behind them', () => {
    const { reporter, received, pass } = opened();
    const lent = bytes('a');
    reporter.pause();
    reporter.frame(lent, false);
    lent.fill(33);
    reporter.resume();
    reporter.frame(bytes('b'), false);
    expect(received()).toEqual([]);
    pass();
    reporter.frame(bytes('c'), false);
    expect(received()).toEqual(['a', 'b', 'c']);
  });

  it('a pause while the queue is drained stops at the next frame', () => {
    const { reporter, gateway, received, pass } = opened();
    gateway.onFrame = () => reporter.pause();
    reporter.pause();
    for (const text of ['a', 'b', 'c']) reporter.frame(bytes(text), false);
    reporter.resume();
    pass();
    expect(received()).toEqual(['a']);
    reporter.resume();
    pass();
    expect(received()).toEqual(['a', 'b']);
  });

  it('M16: unsent messages are reported in a later turn, and before the close', () => {
    const { reporter, connection, pass } = opened();
    const message = notice('leave', echoed('bob'), echoed('ann'));
    reporter.unsent(message);
    reporter.closed(LOST);
    expect(connection()?.unsent).toEqual([]);
    pass();
    expect([connection()?.unsent, connection()?.late, connection()?.closedCount]).toEqual([[message], [], 1]);
  });

  it('resume without pause, and twice, changes nothing', () => {
    const { reporter, received, pass } = opened();
    reporter.resume();
    reporter.pause();
    reporter.frame(bytes('a'), false);
    reporter.resume();
    reporter.resume();
    pass();
    expect(received()).toEqual(['a']);
  });

  it('the queue has a limit; empty frames count too', () => {
    const { reporter } = opened(1_000);
    reporter.pause();
    const kept = Array.from({ length: 20 }, () => reporter.frame(new Uint8Array(), false)).filter(Boolean);
    expect(kept).toHaveLength(Math.floor(1_000 / QUEUED_FRAME_BYTES));
  });

  it('M20: pings and pongs that are received while paused are queued in order, within the same limit', () => {
    const { reporter, connection, received, pass } = opened(3 * QUEUED_FRAME_BYTES + 8);
    reporter.controlFrame();
    reporter.pause();
    expect([
      reporter.controlFrame(),
      reporter.frame(bytes('a'), false),
      reporter.controlFrame(),
      reporter.controlFrame(),
    ]).toEqual([true, true, true, false]);
    expect(connection()?.aliveCount).toBe(1);
    reporter.resume();
    pass();
    expect([connection()?.aliveCount, received()]).toEqual([3, ['a']]);
  });

  it('M20: at most 1000 pings and pongs are queued', () => {
    const { reporter } = opened(Number.POSITIVE_INFINITY);
    reporter.pause();
    const kept = Array.from({ length: 1_500 }, () => reporter.controlFrame()).filter(Boolean);
    expect(kept).toHaveLength(1_000);
  });

  it('one frame always fits', () => {
    const { reporter } = opened(1_000);
    reporter.pause();
    expect(reporter.frame(new Uint8Array(5_000), false)).toBe(true);
    expect(reporter.frame(new Uint8Array(), false)).toBe(false);
  });

  it('a drained queue has room again', () => {
    const { reporter, pass } = opened(1_000);
    for (let round = 0; round < 3; round++) {
      reporter.pause();
      expect([reporter.frame(new Uint8Array(200), false), reporter.frame(new Uint8Array(200), false)]).toEqual([true, true]);
      reporter.resume();
      pass();
    }
  });

  it('O5: after stopReporting no frame is reported, neither new nor queued', () => {
    const { reporter, received, pass } = opened();
    reporter.pause();
    reporter.frame(bytes('a'), false);
    reporter.resume();
    reporter.stopReporting(CLOSED);
    pass();
    expect(reporter.frame(bytes('b'), false)).toBe(true);
    expect(received()).toEqual([]);
  });

  it('closed is reported once, in a later turn, and as the last', () => {
    const { reporter, connection, received, pass } = opened();
    reporter.pause();
    reporter.frame(bytes('a'), false);
    reporter.closed(LOST);
    reporter.closed(LOST);
    expect(connection()?.closedCount).toBe(0);
    reporter.resume();
    pass();
    expect([connection()?.closedCount, received()]).toEqual([1, []]);
  });

  it('the first end counts: a close by the broker is not overwritten by the later close event', () => {
    const { reporter, connection, pass } = opened();
    reporter.stopReporting(CLOSED);
    reporter.stopReporting(LOST);
    reporter.closed(LOST);
    pass();
    expect(connection()?.end).toEqual(CLOSED);
  });

  it('without a close by the broker, the end of the close event counts', () => {
    const { reporter, connection, pass } = opened();
    reporter.closed(LOST);
    pass();
    expect(connection()?.end).toEqual(LOST);
  });

  it('B1: queued frames, in whole KiB, and unread bytes are counted', () => {
    const holding = new MemoryBudget({ memoryBudget: 9_999, memoryPerAddress: 9_999 }).open('');
    const { reporter, pass } = opened(9_999, holding);
    reporter.pause();
    reporter.frame(bytes('four'), false);
    expect(holding.bytes).toBe(1024);
    for (let count = 1; count < 10; count++) reporter.frame(bytes('four'), false);
    expect(holding.bytes).toBe(1024 * Math.ceil((10 * (QUEUED_FRAME_BYTES + 4)) / 1024));
    reporter.resume();
    pass();
    expect(holding.bytes).toBe(0);
    reporter.unreadBytes(7);
    expect(holding.bytes).toBe(7);
  });

  it('B1: after stopReporting no queued frame is counted', () => {
    const holding = new MemoryBudget({ memoryBudget: 9_999, memoryPerAddress: 9_999 }).open('');
    const { reporter } = opened(1_000, holding);
    reporter.pause();
    reporter.frame(bytes('four'), false);
    reporter.closed(LOST);
    expect(holding.bytes).toBe(0);
  });
});
