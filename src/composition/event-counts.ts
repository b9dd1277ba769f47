import type { CounterName } from '../application/ports/metrics.ts';
import type { Ignored } from '../domain/decision.ts';

/** The names of counters for embedding programs. */
export type EventCount =
  | `ignored:${Ignored}`
  | 'http-rate-limited'
  | 'undelivered'
  | 'mailbox-full'
  | 'mailbox-failed'
  | 'expired'
  | 'paused'
  | 'hoarding'
  | 'too-many-realms'
  | 'ice-issued'
  | 'ice-refused'
  | 'ice-without-turn'
  | 'ice-rate-limited';

interface CountedSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A telemetry whose values can be read. */
export interface ReadableTelemetry {
  samples(metric: CounterName): readonly CountedSample[];
}

interface Source {
  readonly metric: CounterName;
  readonly includes?: (labels: CountedSample['labels']) => boolean;
}

const RATE_LIMITED = 'rate-limited';

const SOURCES: Readonly<Record<Exclude<EventCount, `ignored:${Ignored}`>, Source>> = {
  'http-rate-limited': { metric: 'http_rate_limited_total' },
  undelivered: { metric: 'messages_undelivered_total' },
  'mailbox-full': { metric: 'mailbox_full_total' },
  'mailbox-failed': { metric: 'mailbox_failed_total' },
  expired: { metric: 'messages_expired_total' },
  paused: { metric: 'paused_total' },
  hoarding: { metric: 'memory_exceeded_total' },
  'too-many-realms': { metric: 'connections_refused_total', includes: ({ reason }) => reason === 'too-many-realms' },
  'ice-issued': { metric: 'ice_issued_total' },
  'ice-refused': { metric: 'ice_refused_total', includes: ({ reason }) => reason !== RATE_LIMITED },
  'ice-without-turn': { metric: 'ice_without_turn_total' },
  'ice-rate-limited': { metric: 'ice_refused_total', includes: ({ reason }) => reason === RATE_LIMITED },
};

/** The counters that are not zero, added up over their labels. */
export function eventCounts(telemetry: ReadableTelemetry): Partial<Record<EventCount, number>> {
  const counts: Partial<Record<EventCount, number>> = {};
  for (const { labels, value } of telemetry.samples('messages_ignored_total')) {
    if (value > 0) counts[`ignored:${labels['reason'] as Ignored}`] = value;
  }
  for (const [name, { metric, includes = () => true }] of Object.entries(SOURCES)) {
    let total = 0;
    for (const { labels, value } of telemetry.samples(metric)) if (includes(labels)) total += value;
    if (total > 0) counts[name as keyof typeof SOURCES] = total;
  }
  return counts;
}
