import { performance } from 'node:perf_hooks';
import type { CounterName, GaugeName, HistogramName, LabelValues, MetricName } from '../../../application/ports/metrics.ts';
import type { MetricsReader, MetricsText } from '../../../application/ports/metrics-reader.ts';
import type { Counter, GaugeReading, Histogram, Telemetry } from '../../../application/ports/telemetry.ts';
import { MetricStore, type Sample } from '../shared/metric-store.ts';
import type { Exposition } from './exposition.ts';

/** Counts in memory; prom-client renders the values when they are read. */
export class PrometheusTelemetry implements Telemetry, MetricsReader {
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

  async render(accept: string | undefined): Promise<MetricsText> {
    return (await this.#load()).render(accept);
  }

  /** prom-client is loaded on use, because most embedding programs read no metrics. */
  #load(): Promise<Exposition> {
    this.#exposition ??= import('./exposition.ts').then(({ Exposition: Rendered }) => new Rendered(this.#store));
    return this.#exposition;
  }
}
