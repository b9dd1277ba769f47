import { performance } from 'node:perf_hooks';
import type { CounterName, GaugeName, HistogramName, LabelValues, MetricName } from '../../../application/ports/metrics.ts';
import type { Counter, GaugeReading, Histogram, Telemetry } from '../../../application/ports/telemetry.ts';
import { MetricStore, type Sample } from '../shared/metric-store.ts';
import type { Exposition } from './exposition.ts';

/** The text of all metrics, and its type. */
export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** Counts in memory; prom-client renders the values when they are read. */
export class PrometheusTelemetry implements Telemetry {
  readonly #store = new MetricStore();
  #exposition: Promise<Exposition> | undefined = undefined;

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
    return performance.now() / 1000;
  }

  /** The values of a metric now. */
  samples(metric: MetricName): Sample[] {
    return this.#store.samples(metric);
  }

  /** Measures the event loop and the garbage collection from now on. Otherwise, from the first call of `render`. */
  async start(): Promise<void> {
    await this.#load();
  }

  /** @param accept the `Accept` header: OpenMetrics where the reader prefers it, else the text format of Prometheus. */
  async render(accept: string | undefined): Promise<MetricsText> {
    return (await this.#load()).render(accept);
  }

  /** prom-client is loaded on use, because most embedding programs read no metrics. */
  #load(): Promise<Exposition> {
    this.#exposition ??= import('./exposition.ts').then(({ Exposition: Rendered }) => new Rendered(this.#store));
    return this.#exposition;
  }
}
