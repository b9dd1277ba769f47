import type { CounterName, GaugeName, HistogramName, LabelValues, MetricName } from '../../application/ports/metrics.ts';
import type { Counter, GaugeReading, Histogram, Telemetry } from '../../application/ports/telemetry.ts';
import { MetricStore, type Sample } from './shared/metric-store.ts';

/** Counts in memory, for programs that read the values themselves. */
export class MemoryTelemetry implements Telemetry {
  readonly #store = new MetricStore();
  readonly #now: () => number;

  /** @param now the monotonic time in seconds; always 0 if omitted, so that the same input gives the same values. */
  constructor(now: () => number = () => 0) {
    this.#now = now;
  }

  counter<Name extends CounterName>(metric: Name, ...labels: LabelValues<Name>): Counter {
    return this.#store.counter(metric, labels);
  }

  histogram<Name extends HistogramName>(metric: Name, ...labels: LabelValues<Name>): Histogram {
    return this.#store.histogram(metric, labels);
  }

  gauge<Name extends GaugeName>(metric: Name, read: () => Iterable<GaugeReading<Name>>): void {
    this.#store.gauge(metric, read);
  }

  seconds(): number {
    return this.#now();
  }

  /** The values of a metric now. */
  samples(metric: MetricName): Sample[] {
    return this.#store.samples(metric);
  }
}
