import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { canOpen, FileHandleMonitor } from '../../../../../src/adapters/transports/uws/file-handle-monitor.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A process with so many free handles. */
function watched(free: number) {
  const did: string[] = [];
  const host = { free, isPortTaken: false };
  const door = {
    close: () => void did.push('close'),
    open: async () => {
      did.push('open');
      return !host.isPortTaken;
    },
  };
  return { did, host, watch: new FileHandleMonitor(door, (count) => count <= host.free) };
}

it('handles can be opened here', () => expect(canOpen(4)).toBe(true));

it('the door closes in the turn that takes the last handle, once, and opens again when a margin is free', async () => {
  const { did, host, watch } = watched(0);
  watch.accepted();
  watch.accepted();
  await vi.advanceTimersByTimeAsync(0);
  expect(did).toEqual(['close']);
  host.free = 15;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(did).toEqual(['close']);
  host.free = 16;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(did).toEqual(['close', 'open']);
  watch.stop();
});

it('handles that others took are noticed within a second', async () => {
  const { did, host, watch } = watched(100);
  host.free = 0;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(did).toEqual(['close']);
  watch.stop();
});

it('a port that can not be bound again is tried again', async () => {
  const { did, host, watch } = watched(0);
  host.isPortTaken = true;
  await vi.advanceTimersByTimeAsync(1_000);
  host.free = 100;
  await vi.advanceTimersByTimeAsync(2_000);
  host.isPortTaken = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(did).toEqual(['close', 'open', 'open', 'open']);
  watch.stop();
});

it('after stop the door stays as it is', async () => {
  const { did, watch } = watched(0);
  watch.accepted();
  watch.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([did, vi.getTimerCount()]).toEqual([[], 0]);
});
