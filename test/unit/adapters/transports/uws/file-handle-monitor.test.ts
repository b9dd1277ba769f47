import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LogEvent } from '../../../../../src/application/ports/log.ts';
import { canOpen, FileHandleMonitor } from '../../../../../src/adapters/transports/uws/file-handle-monitor.ts';
import { openFileLimit } from '../../../../../src/adapters/transports/shared/open-files.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A process with a number of free file handles. */
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
  const logged: LogEvent[] = [];
  const log = { record: (event: LogEvent) => void logged.push(event) };
  return { did, host, logged, watch: new FileHandleMonitor(door, log, (count) => count <= host.free) };
}

it('file handles can be opened', () => expect(canOpen(4)).toBe(true));

it('closes the listen socket once, soon after the last handle is used, and opens it when a margin is free', async () => {
  const { did, host, watch } = watched(0);
  watch.accepted();
  watch.accepted();
  await vi.advanceTimersByTimeAsync(10);
  expect(did).toEqual(['close']);
  host.free = 15;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(did).toEqual(['close']);
  host.free = 16;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(did).toEqual(['close', 'open']);
  watch.stop();
});

it('checks once for the connections of 10 ms', async () => {
  const canOpenHandles = vi.fn(() => true);
  const watch = new FileHandleMonitor({ close: () => undefined, open: async () => true }, undefined, canOpenHandles);
  for (let connection = 0; connection < 100; connection++) {
    watch.accepted();
    await vi.advanceTimersByTimeAsync(1);
  }
  expect(canOpenHandles).toHaveBeenCalledTimes(10);
  watch.stop();
});

it('detects within a second that other parts of the process used the handles', async () => {
  const { did, host, watch } = watched(100);
  host.free = 0;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(did).toEqual(['close']);
  watch.stop();
});

it('retries to open a port that can’t be opened', async () => {
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

it('logs at most once a minute that connections are refused', async () => {
  const { did, host, logged, watch } = watched(0);
  for (let times = 0; times < 5; times++) {
    host.free = 0;
    await vi.advanceTimersByTimeAsync(2_000);
    host.free = 100;
    await vi.advanceTimersByTimeAsync(2_000);
  }
  expect([did.length, logged]).toEqual([10, [{ event: 'accept-suspended', openFiles: openFileLimit() }]]);
  host.free = 0;
  await vi.advanceTimersByTimeAsync(60_000);
  host.free = 100;
  await vi.advanceTimersByTimeAsync(2_000);
  host.free = 0;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(logged).toHaveLength(2);
  watch.stop();
});

it('does nothing after stop', async () => {
  const { did, watch } = watched(0);
  watch.accepted();
  watch.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([did, vi.getTimerCount()]).toEqual([[], 0]);
});
