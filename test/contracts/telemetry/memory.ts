import type { Sample } from '../../../src/adapters/telemetry/shared/metric-store.ts';
import type { ReadValues } from '../../../src/contracts/telemetry/contract.ts';

/** The samples of a metric in the form of the contract. */
export function valuesOf(samples: readonly Sample[]): ReadValues {
  const values: Record<string, number> = {};
  for (const { labels, value, cumulative } of samples) {
    if (cumulative === undefined) values[written(labels)] = value;
    for (const [le, count] of cumulative ?? []) {
      values[`_bucket${written({ ...labels, le: le === Infinity ? '+Inf' : String(le) })}`] = count;
    }
    if (cumulative === undefined) continue;
    values[`_sum${written(labels)}`] = value;
    values[`_count${written(labels)}`] = cumulative.at(-1)?.[1] ?? 0;
  }
  return values;
}

function written(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
