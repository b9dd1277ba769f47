import type { Log, LogEvent } from '../../application/ports/log.ts';

/** Discards all events. */
export class SilentLog implements Log {
  record(_: LogEvent): void {
    return;
  }
}
