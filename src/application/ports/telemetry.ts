import type { Ignored } from '../../domain/decision.ts';

/** The counters. */
export type Counter =
  | `ignored:${Ignored}`
  | 'http-rate-limited'
  | 'undelivered'
  | 'mailbox-full'
  | 'expired'
  | 'paused'
  | 'hoarding'
  | 'too-many-realms'
  | 'ice-issued'
  | 'ice-refused'
  | 'ice-without-turn'
  | 'ice-rate-limited';

/** Counts events that are too frequent for the log. Cheap enough to be called for every message. */
export interface Telemetry {
  count(what: Counter): void;
}
