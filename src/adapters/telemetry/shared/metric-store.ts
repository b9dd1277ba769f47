import { METRICS, type GaugeName, type MetricDefinition, type MetricName } from '../../../application/ports/metrics.ts';
import type { Counter, GaugeReading, Histogram } from '../../../application/ports/telemetry.ts';

/** One value of a metric. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** Of a counter or gauge; the sum of the observations of a histogram. */
  readonly value: number;
  /** Of a histogram: the number of observations up to each upper limit, the last one without limit. */
  readonly cumulative?: readonly (readonly [le: number, count: number])[];
}

class StoredCounter implements Counter {
  value = 0;

  add(amount = 1): void {
    this.value += amount;
  }
}

class StoredHistogram implements Histogram {
  readonly #limits: readonly number[];
  readonly #counts: Float64Array;
  sum = 0;

  constructor(limits: readonly number[]) {
    this.#limits = limits;
    this.#counts = new Float64Array(limits.length + 1);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.#limits.length && value > (this.#limits[bucket] ?? Infinity)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.sum += value;
  }

  cumulative(): [number, number][] {
    let total = 0;
    return [...this.#counts].map((count, bucket) => [this.#limits[bucket] ?? Infinity, (total += count)]);
  }
}

type Stored = StoredCounter | StoredHistogram;

/** One metric with one combination of label values. */
interface Series {
  readonly labels: readonly string[];
  readonly stored: Stored;
}

/** The values of all metrics: one number for each counter, one array for each histogram. */
export class MetricStore {
  readonly #values = new Map<MetricName, Map<string, Series>>();
  readonly #gauges = new Map<MetricName, () => Iterable<GaugeReading>>();

  counter(metric: MetricName, labels: readonly string[]): Counter {
    return this.#find(metric, labels, () => new StoredCounter()) as StoredCounter;
  }

  histogram(metric: MetricName, labels: readonly string[]): Histogram {
    const { buckets = [] }: MetricDefinition = METRICS[metric];
    return this.#find(metric, labels, () => new StoredHistogram(buckets)) as StoredHistogram;
  }

  gauge(metric: GaugeName, read: () => Iterable<GaugeReading>): void {
    this.#gauges.set(metric, read);
  }

  /** The values of a metric now. A counter that was never looked up has none. */
  samples(metric: MetricName): Sample[] {
    const { labels: names }: MetricDefinition = METRICS[metric];
    const named = (values: readonly string[]): Sample['labels'] =>
      Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
    const gauge = this.#gauges.get(metric);
    if (gauge !== undefined) return Array.from(gauge(), ({ labels, value }) => ({ labels: named(labels), value }));
    return Array.from(this.#values.get(metric)?.values() ?? [], ({ labels, stored }) =>
      stored instanceof StoredCounter
        ? { labels: named(labels), value: stored.value }
        : { labels: named(labels), value: stored.sum, cumulative: stored.cumulative() },
    );
  }

  #find(metric: MetricName, labels: readonly string[], make: () => Stored): Stored {
    let series = this.#values.get(metric);
    if (series === undefined) {
      series = new Map<string, Series>();
      this.#values.set(metric, series);
    }
    const key = labels.length === 1 ? (labels[0] ?? '') : labels.join('\0');
    const known = series.get(key);
    if (known !== undefined) return known.stored;
    const stored = make();
    series.set(key, { labels, stored });
    return stored;
  }
}
