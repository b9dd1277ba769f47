import type { CounterName, GaugeName, HistogramName, LabelValues } from './metrics.ts';

/** A counter of one metric and one combination of label values. */
export interface Counter {
  /** Costs one addition. @param amount not negative; 1 if omitted. */
  add(amount?: number): void;
}

/** A histogram of one metric and one combination of label values. */
export interface Histogram {
  /** @param value in the unit of the metric. */
  observe(value: number): void;
}

/** One value of a gauge. */
export interface GaugeReading<Name extends GaugeName = GaugeName> {
  readonly labels: LabelValues<Name>;
  readonly value: number;
}

/**
 * Counts what happens. Calls with equal arguments return the same counter. Components that count for every message look their
 * counters up once, at the start; a lookup costs more than the addition.
 */
export interface Telemetry {
  counter<Name extends CounterName>(metric: Name, ...labels: LabelValues<Name>): Counter;
  histogram<Name extends HistogramName>(metric: Name, ...labels: LabelValues<Name>): Histogram;
  /** @param read called when the metrics are read, never for a message. A later call for the same metric replaces it. */
  gauge<Name extends GaugeName>(metric: Name, read: () => Iterable<GaugeReading<Name>>): void;
  /** A monotonic time in seconds, of the best resolution, for histograms. */
  seconds(): number;
}
