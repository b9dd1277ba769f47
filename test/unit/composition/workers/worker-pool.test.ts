import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../../src/adapters/clocks/manual.ts';
import type { LogEvent } from '../../../../src/application/ports/log.ts';
import { VERSION } from '../../../../src/composition/version.ts';
import { WorkerPool, WorkerStartError } from '../../../../src/composition/workers/worker-pool.ts';

/** The process of a worker, played by the test. */
class FakeProcess extends EventEmitter {
  pid: number | undefined;
  connected = true;
  readonly orders: unknown[] = [];
  readonly signals: unknown[] = [];

  constructor(pid: number) {
    super();
    this.pid = pid;
  }

  send(order: unknown): void {
    this.orders.push(order);
  }

  kill(signal: unknown): void {
    this.signals.push(signal);
  }

  listens(): void {
    this.emit('message', { say: 'ready', node: `node-${this.pid}` });
    this.emit('message', { say: 'listening', address: ADDRESS, transport: 'uws' });
  }

  ends(code: number | null, signal: string | null = null): void {
    this.connected = false;
    this.emit('exit', code, signal);
  }
}

const ADDRESS = { host: '::', port: 9000, secure: false };

describe('a pool of workers', () => {
  let processes: FakeProcess[];
  let events: LogEvent[];
  let clock: ManualClock;
  const last = (): FakeProcess => processes.at(-1) ?? expect.fail('no process');
  const pool = (count = 2): WorkerPool =>
    new WorkerPool({
      ...{ count, port: 9000, files: { 'a.json': '{}' }, hub: undefined, stopTimeout: 1_000, pingInterval: 5_000, clock },
      log: { record: (event) => void events.push(event) },
      fork: () => {
        processes.push(new FakeProcess(processes.length + 1));
        return last() as unknown as ChildProcess;
      },
    });

  const listening = async (count = 2): Promise<WorkerPool> => {
    const made = pool(count);
    const ready = made.listen();
    for (let n = 0; n < count; n++) {
      await Promise.resolve();
      processes[n]?.listens();
      await Promise.resolve();
    }
    await ready;
    return made;
  };

  beforeEach(() => {
    vi.useFakeTimers();
    processes = [];
    events = [];
    clock = new ManualClock();
  });
  afterEach(() => void vi.useRealTimers());

  it('starts the others when the first one listens, and logs once that all do', async () => {
    const made = pool(3);
    const ready = made.listen();
    expect(processes).toHaveLength(1);
    last().listens();
    await Promise.resolve();
    expect(processes).toHaveLength(3);
    expect(events).toEqual([]);
    for (const process of processes.slice(1)) process.listens();
    await ready;
    expect(events).toEqual([{ event: 'listening', address: ADDRESS, transport: 'uws', workers: 3 }]);
    const start = { do: 'start', workers: 3, port: 9000, files: { 'a.json': '{}' }, reloaded: undefined, version: VERSION };
    expect(processes.map(({ orders }) => orders)).toEqual([1, 2, 3].map((worker) => [{ ...start, worker }]));
  });

  it('does not start if a worker ends before it listens, and reports its exit code', async () => {
    const ready = pool().listen();
    last().ends(2);
    await expect(ready).rejects.toEqual(new WorkerStartError(2));
    await expect(ready).rejects.toMatchObject({ exitCode: 2 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(processes).toHaveLength(1);
  });

  it('replaces a worker that ends, in its place, with the files of the last reload', async () => {
    const made = await listening();
    made.reload({ 'a.json': '{"a":1}' });
    processes[1]?.ends(null, 'SIGKILL');
    expect(events.at(-1)).toEqual({ event: 'worker-ended', worker: 2, pid: 2, why: 'SIGKILL', delay: 100 });
    await vi.advanceTimersByTimeAsync(100);
    last().listens();
    expect(last().orders).toEqual([expect.objectContaining({ do: 'start', worker: 2, reloaded: { 'a.json': '{"a":1}' } })]);
    expect(events.at(-1)).toEqual({ event: 'worker-replaced', worker: 2, pid: 3 });
    expect(processes[0]?.orders.at(-1)).toEqual({ do: 'reload', files: { 'a.json': '{"a":1}' } });
  });

  it('waits longer for each replacement that ends at once, up to 10 s, and counts a failed fork as one', async () => {
    await listening();
    const delays: unknown[] = [];
    for (let n = 0; n < 10; n++) {
      last().emit('error', new Error('send EPIPE'));
      if (n === 1) {
        last().pid = undefined;
        last().emit('error', new Error('spawn EAGAIN'));
      } else {
        last().ends(1);
      }
      delays.push((events.at(-1) as { delay?: number }).delay);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(delays).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000]);
    expect(processes).toHaveLength(2 + 10);
  });

  it('drains all workers when it closes, replaces none, and resolves when all have ended', async () => {
    const made = await listening();
    let isClosed = false;
    const closed = made.close().then(() => (isClosed = true));
    expect(processes.map(({ orders }) => orders.at(-1))).toEqual([{ do: 'drain' }, { do: 'drain' }]);
    processes[0]?.ends(0);
    await vi.advanceTimersByTimeAsync(900);
    expect(isClosed).toBe(false);
    processes[1]?.ends(0);
    await closed;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(processes).toHaveLength(2);
    expect(processes.flatMap(({ signals }) => signals)).toEqual([]);
  });

  it('terminates a worker that does not end in time', async () => {
    const made = await listening();
    const closed = made.close();
    processes[0]?.ends(0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(processes.map(({ signals }) => signals)).toEqual([[], ['SIGKILL']]);
    processes[1]?.ends(null, 'SIGKILL');
    await closed;
  });

  it('terminates and replaces a worker that answers no ping for 20 s', async () => {
    await listening();
    const [first, second] = processes as [FakeProcess, FakeProcess];
    for (let seconds = 5; seconds <= 60; seconds += 5) {
      clock.advance(5_000);
      expect(first.orders.at(-1)).toEqual({ do: 'ping' });
      first.emit('message', { say: 'alive' });
    }
    expect(events.slice(1)).toEqual([{ event: 'worker-hung', worker: 2, pid: 2, silence: 20_000 }]);
    expect([first.signals, second.signals]).toEqual([[], ['SIGKILL']]);
    second.ends(null, 'SIGKILL');
    await vi.advanceTimersByTimeAsync(100);
    last().listens();
    expect(events.at(-1)).toEqual({ event: 'worker-replaced', worker: 2, pid: 3 });
  });

  it('pings no worker that has not started, has ended, or drains', async () => {
    const made = await listening();
    processes[1]?.ends(1);
    await vi.advanceTimersByTimeAsync(100);
    void made.close();
    clock.advance(120_000);
    expect(processes.flatMap(({ orders }) => orders)).not.toContainEqual({ do: 'ping' });
    expect(processes.flatMap(({ signals }) => signals)).toEqual([]);
  });

  it('H12: passes the reload of a certificate on to all workers', async () => {
    const made = await listening();
    made.reloadCertificate();
    expect(processes.map(({ orders }) => orders.at(-1))).toEqual([{ do: 'reload-certificate' }, { do: 'reload-certificate' }]);
  });
});
