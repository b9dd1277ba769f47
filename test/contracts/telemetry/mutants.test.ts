import { describe, expect, it } from 'vitest';
import { MetricStore } from '../../../src/adapters/telemetry/shared/metric-store.ts';
import type { Counter, GaugeReading, Histogram, Telemetry } from '../../../src/application/ports/telemetry.ts';
import type { GaugeName, MetricName } from '../../../src/application/ports/metrics.ts';
import { CALL_CLAUSES, CLAUSES, type TelemetrySubject } from '../../../src/contracts/telemetry/contract.ts';
import { valuesOf } from './memory.ts';

/** The parts that a mutant changes; without changes it satisfies the contract. */
interface Changes {
  readonly labels?: (labels: readonly string[]) => readonly string[];
  readonly counter?: (counter: Counter) => Counter;
  readonly observed?: (value: number) => number;
  readonly samples?: (samples: ReturnType<MetricStore['samples']>) => ReturnType<MetricStore['samples']>;
  readonly gauge?: (read: () => Iterable<GaugeReading>) => () => Iterable<GaugeReading>;
  readonly keepsFirstGauge?: boolean;
  readonly isForgetful?: boolean;
  readonly seconds?: () => number;
}

function subjectOf(changes: Changes): TelemetrySubject {
  const {
    labels: change = (same) => same,
    observed = (value) => value,
    samples = (all) => all,
    gauge = (read) => read,
  } = changes;
  let store = new MetricStore();
  const gauges = new Set<GaugeName>();
  let seconds = 0;
  const telemetry = {
    counter(metric: MetricName, ...labels: string[]): Counter {
      if (changes.isForgetful === true) store = new MetricStore();
      const counter = store.counter(metric, change(labels));
      return changes.counter?.(counter) ?? counter;
    },
    histogram(metric: MetricName, ...labels: string[]): Histogram {
      const histogram = store.histogram(metric, labels);
      return { observe: (value) => histogram.observe(observed(value)) };
    },
    gauge(metric: GaugeName, read: () => Iterable<GaugeReading>): void {
      if (changes.keepsFirstGauge === true && gauges.has(metric)) return;
      gauges.add(metric);
      store.gauge(metric, gauge(read));
    },
    seconds: changes.seconds ?? (() => (seconds += 1)),
  };
  return {
    telemetry: telemetry as Telemetry,
    read: (metric) => Promise.resolve(valuesOf(samples(store.samples(metric)))),
  };
}

const MUTANTS: Readonly<Record<string, Changes>> = {
  'ignores labels': { labels: (labels) => labels.map(() => 'all') },
  'sorts labels': { labels: (labels) => [...labels].sort() },
  'ignores amounts': { counter: (counter) => ({ add: () => counter.add() }) },
  'counts nothing without an amount': { counter: (counter) => ({ add: (amount = 0) => counter.add(amount) }) },
  'forgets counters': { isForgetful: true },
  'drops counters that are 0': { samples: (all) => all.filter(({ value }) => value !== 0) },
  'excludes the upper limit': { observed: (value) => value + Number.EPSILON },
  'does not add buckets up': {
    samples: (all) =>
      all.map(({ cumulative, ...sample }) =>
        cumulative === undefined
          ? sample
          : { ...sample, cumulative: cumulative.map(([le, count], i) => [le, count - (cumulative[i - 1]?.[1] ?? 0)] as const) },
      ),
  },
  'reads a gauge once': {
    gauge(read) {
      const values = [...read()];
      return () => values;
    },
  },
  'keeps the first reader of a gauge': { keepsFirstGauge: true },
  'goes back in time': {
    seconds: (
      (seconds) => () =>
        (seconds -= 1)
    )(0),
  },
};

describe('the contract of telemetry', () => {
  it('is satisfied without a change', async () => {
    for (const { run } of CLAUSES) await run(subjectOf({}));
    for (const { run } of CALL_CLAUSES) run(subjectOf({}).telemetry);
  });

  it.each(Object.entries(MUTANTS))('detects one that %s', async (_, changes) => {
    const calls = CALL_CLAUSES.map(async ({ run }) => Promise.resolve().then(() => run(subjectOf(changes).telemetry)));
    const outcomes = await Promise.allSettled([...calls, ...CLAUSES.map(async ({ run }) => run(subjectOf(changes)))]);
    expect(outcomes.filter(({ status }) => status === 'rejected')).not.toEqual([]);
  });
});
