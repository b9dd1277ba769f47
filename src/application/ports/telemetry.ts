import type { Ignored } from '../../domain/decision.ts';

/** What is counted. */
export type Counter =
  `ignored:${Ignored}` | 'http-rate-limited' | 'undelivered' | 'mailbox-full' | 'expired' | 'paused' | 'hoarding';

/** Counts what is too frequent to be logged. Cheap enough for every message. */
export interface Telemetry {
  count(what: Counter): void;
}
