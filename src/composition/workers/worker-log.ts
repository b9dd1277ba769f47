import type { Log, LogEvent } from '../../application/ports/log.ts';

/** Events at the start and at a reload that are the same in all workers. */
const COMMON: ReadonlySet<LogEvent['event']> = new Set<LogEvent['event']>([
  ...(['in-effect', 'open-files-short', 'transport-unavailable', 'uws-loaded', 'proxy-needs-http11'] as const),
  ...(['option-ineffective', 'ipv6-unavailable', 'configuration-reloaded', 'configuration-refused'] as const),
]);

/** The log of a worker: the primary process logs `listening`, and only the first worker the events that are the same in all. */
export class WorkerLog implements Log {
  readonly #log: Log;
  readonly #isFirst: boolean;
  readonly #onListening: (event: LogEvent & { readonly event: 'listening' }) => void;

  constructor(log: Log, isFirst: boolean, onListening: (event: LogEvent & { readonly event: 'listening' }) => void) {
    this.#log = log;
    this.#isFirst = isFirst;
    this.#onListening = onListening;
  }

  record(event: LogEvent): void {
    if (event.event === 'listening') this.#onListening(event);
    else if (this.#isFirst || !COMMON.has(event.event)) this.#log.record(event);
  }
}
