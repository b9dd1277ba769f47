import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { ListenError } from '../../../src/application/ports/transport.ts';
import type { Engine } from '../../../src/composition/broker-environment.ts';
import { type Config, defaultConfig } from '../../../src/composition/configuration/config.ts';
import { makeEngine } from '../../../src/composition/make-engine.ts';

it('creates no engine without the option cluster', async () => {
  expect(await makeEngine(defaultConfig(), new SilentLog())).toBeUndefined();
});

describe('an engine that does not respond at the start', () => {
  const unreachable = new ListenError({ reason: 'engine-unreachable', detail: 'ECONNREFUSED' }, 'it can not be reached');
  const engine = {} as Engine;
  const events: LogEvent[] = [];
  const log = { record: (event: LogEvent) => void events.push(event) };
  const config = (clusterStart: Config['clusterStart']): Config => ({
    ...{ ...defaultConfig(), cluster: 'redis://user:secret@engine:6379', clusterStart },
  });
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    events.length = 0;
  });

  it('is logged within two seconds, once, without credentials', async () => {
    void makeEngine(config('wait'), log, undefined, () => new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(events).toEqual([{ event: 'engine-awaited', engine: 'redis://engine:6379', isPatient: true }]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(events).toHaveLength(1);
  });

  it('ends the start with exit', async () => {
    await expect(makeEngine(config('exit'), log, undefined, () => Promise.reject(unreachable))).rejects.toBe(unreachable);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is tried again with wait', async () => {
    const connect = vi.fn<() => Promise<Engine>>().mockRejectedValueOnce(unreachable).mockResolvedValue(engine);
    const made = makeEngine(config('wait'), log, undefined, connect);
    await vi.advanceTimersByTimeAsync(600);
    expect([await made, connect.mock.calls.length]).toEqual([engine, 2]);
  });

  it('is not awaited if another format version uses it', async () => {
    const conflict = new ListenError({ reason: 'engine-version', found: 2, supported: 1 }, 'brokers of version 2');
    await expect(makeEngine(config('wait'), log, undefined, () => Promise.reject(conflict))).rejects.toBe(conflict);
  });

  it('is not awaited after the start was cancelled', async () => {
    const abort = new AbortController();
    const made = makeEngine(config('wait'), log, abort.signal, () => new Promise(() => undefined));
    const outcome = expect(made).rejects.toThrow('the start was cancelled');
    abort.abort();
    await outcome;
  });
});
