import { describe, expect, it } from 'vitest';
import { ConnectionReporter } from '../../../../../src/adapters/transports/shared/connection-reporter.ts';
import type { Socket } from '../../../../../src/application/ports/socket.ts';
import type { ConnectionEnd } from '../../../../../src/application/ports/transport.ts';
import { echoed } from '../../../../../src/domain/ids.ts';
import { MemoryBudget, type MemoryAccount } from '../../../../../src/domain/memory-budget.ts';
import { notice } from '../../../../../src/domain/message.ts';
import { QUEUED_FRAME_BYTES } from '../../../../../src/domain/memory-sizes.ts';
import { ADMISSION, RecordingGateway, textOf } from '../../../../contracts/transports/recording-gateway.ts';

const SOCKET: Socket = {
  write: () => 'sent',
  ping: () => undefined,
  close: () => undefined,
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
  const desk = { gateway, defer: (turn: () => void) => void turns.push(turn), maxBacklogBytes: room };
  const reports = new ConnectionReporter(desk, memory === undefined ? ADMISSION : { ...ADMISSION, memory });
  reports.opened(SOCKET);
  const pass = (): void => turns.splice(0).forEach((turn) => turn());
  return { reports, gateway, pass, heard: () => gateway.connections[0]?.frames.map(textOf), near: () => gateway.connections[0] };
}

describe('the reports of one connection', () => {
  it('frames are reported at once', () => {
    const { reports, heard } = opened();
    expect(reports.frame(bytes('a'), false)).toBe(true);
    expect(heard()).toEqual(['a']);
  });

  it('M19: frames that are received while paused are copied and queued; frames after resume are queued behind them', () => {
    const { reports, heard, pass } = opened();
    const lent = bytes('a');
    reports.pause();
    reports.frame(lent, false);
    lent.fill(33);
    reports.resume();
    reports.frame(bytes('b'), false);
    expect(heard()).toEqual([]);
    pass();
    reports.frame(bytes('c'), false);
    expect(heard()).toEqual(['a', 'b', 'c']);
  });

  it('a pause while the queue is drained stops at the next frame', () => {
    const { reports, gateway, heard, pass } = opened();
    gateway.onFrame = () => reports.pause();
    reports.pause();
    for (const text of ['a', 'b', 'c']) reports.frame(bytes(text), false);
    reports.resume();
    pass();
    expect(heard()).toEqual(['a']);
    reports.resume();
    pass();
    expect(heard()).toEqual(['a', 'b']);
  });

  it('M16: unsent messages are reported in a later turn, and before the close', () => {
    const { reports, near, pass } = opened();
    const message = notice('leave', echoed('bob'), echoed('ann'));
    reports.unsent(message);
    reports.closed(LOST);
    expect(near()?.unsent).toEqual([]);
    pass();
    expect([near()?.unsent, near()?.late, near()?.closedCount]).toEqual([[message], [], 1]);
  });

  it('resume without pause, and twice, changes nothing', () => {
    const { reports, heard, pass } = opened();
    reports.resume();
    reports.pause();
    reports.frame(bytes('a'), false);
    reports.resume();
    reports.resume();
    pass();
    expect(heard()).toEqual(['a']);
  });

  it('the queue has a limit; empty frames count too', () => {
    const { reports } = opened(1_000);
    reports.pause();
    const kept = Array.from({ length: 20 }, () => reports.frame(new Uint8Array(), false)).filter(Boolean);
    expect(kept).toHaveLength(Math.floor(1_000 / QUEUED_FRAME_BYTES));
  });

  it('M20: pings and pongs that are received while paused are queued in order, within the same limit', () => {
    const { reports, near, heard, pass } = opened(3 * QUEUED_FRAME_BYTES + 8);
    reports.controlFrame();
    reports.pause();
    expect([reports.controlFrame(), reports.frame(bytes('a'), false), reports.controlFrame(), reports.controlFrame()]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(near()?.aliveCount).toBe(1);
    reports.resume();
    pass();
    expect([near()?.aliveCount, heard()]).toEqual([3, ['a']]);
  });

  it('one frame always fits', () => {
    const { reports } = opened(1_000);
    reports.pause();
    expect(reports.frame(new Uint8Array(5_000), false)).toBe(true);
    expect(reports.frame(new Uint8Array(), false)).toBe(false);
  });

  it('a drained queue has room again', () => {
    const { reports, pass } = opened(1_000);
    for (let round = 0; round < 3; round++) {
      reports.pause();
      expect([reports.frame(new Uint8Array(200), false), reports.frame(new Uint8Array(200), false)]).toEqual([true, true]);
      reports.resume();
      pass();
    }
  });

  it('O5: after stopReporting no frame is reported, neither new nor queued', () => {
    const { reports, heard, pass } = opened();
    reports.pause();
    reports.frame(bytes('a'), false);
    reports.resume();
    reports.stopReporting(CLOSED);
    pass();
    expect(reports.frame(bytes('b'), false)).toBe(true);
    expect(heard()).toEqual([]);
  });

  it('closed is reported once, in a later turn, and as the last', () => {
    const { reports, near, heard, pass } = opened();
    reports.pause();
    reports.frame(bytes('a'), false);
    reports.closed(LOST);
    reports.closed(LOST);
    expect(near()?.closedCount).toBe(0);
    reports.resume();
    pass();
    expect([near()?.closedCount, heard()]).toEqual([1, []]);
  });

  it('the first end counts: a close by the broker is not overwritten by the later close event', () => {
    const { reports, near, pass } = opened();
    reports.stopReporting(CLOSED);
    reports.stopReporting(LOST);
    reports.closed(LOST);
    pass();
    expect(near()?.end).toEqual(CLOSED);
  });

  it('without a close by the broker, the end of the close event counts', () => {
    const { reports, near, pass } = opened();
    reports.closed(LOST);
    pass();
    expect(near()?.end).toEqual(LOST);
  });

  it('B1: queued frames and unread bytes are counted', () => {
    const holding = new MemoryBudget({ memoryBudget: 9_999, memoryPerAddress: 9_999 }).open('');
    const { reports, pass } = opened(1_000, holding);
    reports.pause();
    reports.frame(bytes('four'), false);
    expect(holding.bytes).toBe(QUEUED_FRAME_BYTES + 4);
    reports.resume();
    pass();
    expect(holding.bytes).toBe(0);
    reports.unreadBytes(7);
    expect(holding.bytes).toBe(7);
  });

  it('B1: after stopReporting no queued frame is counted', () => {
    const holding = new MemoryBudget({ memoryBudget: 9_999, memoryPerAddress: 9_999 }).open('');
    const { reports } = opened(1_000, holding);
    reports.pause();
    reports.frame(bytes('four'), false);
    reports.closed(LOST);
    expect(holding.bytes).toBe(0);
  });
});
