import type { Log, LogEvent } from '../../application/ports/log.ts';

/** Says nothing. */
export class SilentLog implements Log {
  record(_: LogEvent): void {
    return;
  }
}
