import { readdirSync, statSync } from 'node:fs';
import { collectDefaultMetrics, type Metric, type OpenMetricsContentType, Registry } from 'prom-client';
import { METRICS, type MetricDefinition, type MetricName } from '../../../application/ports/metrics.ts';
import type { MetricStore, Sample } from '../shared/metric-store.ts';

const PREFIX = 'signalbox_';
const PROMETHEUS = Registry.PROMETHEUS_CONTENT_TYPE;
const OPEN_METRICS = Registry.OPENMETRICS_CONTENT_TYPE;

type Labels = Readonly<Partial<Record<string, string | number>>>;

interface RenderedValue {
  readonly labels: Labels;
  readonly value: number;
  readonly metricName?: string;
}

/** The members of a metric that a registry of prom-client reads. It may change the name. */
interface RenderedMetric {
  name: string;
  readonly help: string;
  readonly type: string;
  get(): Promise<{ name: string; help: string; type: string; values: readonly RenderedValue[] }>;
}

/** Renders a store with prom-client, which reads it only then. */
export class Exposition {
  readonly #registry = new Registry();

  constructor(store: MetricStore) {
    for (const name of Object.keys(METRICS) as MetricName[]) register(this.#registry, metricOf(name, store));
    collectDefaultMetrics({ register: this.#registry });
    for (const name of LISTS_OF_CONNECTIONS) this.#registry.removeSingleMetric(name);
    register(
      this.#registry,
      rendered('process_open_fds', 'Number of open file descriptors.', 'gauge', () => openFiles()),
    );
  }

  /** @param accept the `Accept` header. */
  async render(accept = ''): Promise<{ readonly contentType: string; readonly text: string }> {
    const isOpenMetrics = accept.includes('application/openmetrics-text');
    const text = isOpenMetrics ? await this.#openMetrics() : await this.#registry.metrics();
    return { contentType: isOpenMetrics ? OPEN_METRICS : PROMETHEUS, text };
  }

  /** prom-client renames the counters that it renders in this format, so it gets copies. */
  async #openMetrics(): Promise<string> {
    const registry = new Registry<OpenMetricsContentType>();
    registry.setContentType(OPEN_METRICS);
    for (const { name, help, type, values } of await this.#registry.getMetricsAsJSON()) {
      register(
        registry,
        rendered(name, help, String(type), () => values),
      );
    }
    return registry.metrics();
  }
}

/** Default metrics that list all connections at each reading, so that it stalls a broker with many. */
const LISTS_OF_CONNECTIONS: readonly string[] = ['handles', 'requests', 'resources']
  .flatMap((what) => [`nodejs_active_${what}`, `nodejs_active_${what}_total`])
  .concat('process_open_fds');

const FILES = '/proc/self/fd';

/** Linux 6.2 and later tell the number without a list. No value on systems without it. */
function openFiles(): RenderedValue[] {
  const size = statSync(FILES, { throwIfNoEntry: false })?.size;
  if (size === undefined) return [];
  return [{ labels: {}, value: size > 0 ? size : readdirSync(FILES).length - 1 }];
}

function metricOf(name: MetricName, store: MetricStore): RenderedMetric {
  const { kind, help }: MetricDefinition = METRICS[name];
  return rendered(`${PREFIX}${name}`, help, kind, () => store.samples(name).flatMap((sample) => valuesOf(PREFIX + name, sample)));
}

function rendered(name: string, help: string, type: string, values: () => readonly RenderedValue[]): RenderedMetric {
  return {
    ...{ name, help, type },
    get() {
      return Promise.resolve({ name: this.name, help, type, values: values() });
    },
  };
}

function valuesOf(name: string, { labels, value, cumulative }: Sample): RenderedValue[] {
  if (cumulative === undefined) return [{ labels, value }];
  const buckets = cumulative.map(([limit, count]) => {
    const le = limit === Infinity ? '+Inf' : limit;
    return { labels: { ...labels, le }, value: count, metricName: `${name}_bucket` };
  });
  return [
    ...buckets,
    { labels, value, metricName: `${name}_sum` },
    { labels, value: cumulative.at(-1)?.[1] ?? 0, metricName: `${name}_count` },
  ];
}

/** The types of prom-client allow its own classes only; a registry reads no more than a `RenderedMetric` has. */
function register(registry: { registerMetric(metric: Metric): void }, metric: RenderedMetric): void {
  registry.registerMetric(metric as unknown as Metric);
}
