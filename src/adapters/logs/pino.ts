import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Clock } from '../../application/ports/clock.ts';
import type { Log, LogEvent } from '../../application/ports/log.ts';
import { visibleLines } from '../../domain/visible-text.ts';
import { BurstLimit, type HeldBack } from './shared/burst-limit.ts';
import { lineOf, type LogContext, type LogLine } from './shared/lines.ts';
import { hasColors, plainValue, prettyLine } from './shared/pretty.ts';
import { standardOutput } from './shared/standard-streams.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface PinoLogSettings extends LogContext {
  /** The lowest level that is written; `silent`: none. */
  readonly level: LogLevel;
  /** `auto`: pretty if the standard output is a terminal. */
  readonly format: 'auto' | 'pretty' | 'json' | 'logfmt';
  /** For the limit on bursts of refusals. */
  readonly clock: Clock;
  /** Receives one line at a time. Default: the standard output. */
  readonly to?: DestinationStream;
}

/** Writes one line for each event, with pino. A standard output that is not read blocks neither the broker nor its shutdown. */
export class PinoLog implements Log {
  readonly #logger: Logger;
  readonly #context: LogContext;
  readonly #limit: BurstLimit<LogLine>;
  #isSilent: boolean;

  constructor({ level, format, clock, to = standardOutput(), ...surroundings }: PinoLogSettings) {
    this.#context = surroundings;
    this.#isSilent = level === 'silent';
    this.#limit = new BurstLimit(clock, (lines) => this.#logHeldBack(lines));
    this.#logger = pino(
      { level, base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
      destination(format, to),
    );
  }

  /** Changes the lowest level that is written. */
  setLevel(level: LogLevel): void {
    this.#logger.level = level;
    this.#isSilent = level === 'silent';
  }

  record(event: LogEvent): void {
    if (this.#isSilent) return;
    const line = lineOf(event, this.#context);
    const { level, text, fields } = line;
    const isHeldBack =
      RATE_LIMITED_EVENTS.has(event.event) && !this.#limit.admits(`${event.event}: ${String(fields['why'])}`, line);
    this.#logger[isHeldBack ? 'debug' : level](fields, text);
    if (event.event === 'stopped') this.#limit.end();
  }

  /** The level is that of the lines, so that a level without them has no count either. */
  #logHeldBack({ kind, count, latest: { level, fields } }: HeldBack<LogLine>): void {
    const { address, origin, path } = fields;
    const latest = { address, origin, path };
    this.#logger[level](
      { event: 'lines-held-back', kind, count, ...latest },
      'similar lines in the last second, of which this is the latest: set the level debug to log each',
    );
  }
}

/** Events that a client can cause at any rate. */
const RATE_LIMITED_EVENTS: ReadonlySet<string> = new Set([
  'connection-refused',
  'upgrade-refused',
  'request-refused',
  'token-refused',
  'admin-refused',
]);

function destination(format: PinoLogSettings['format'], to: DestinationStream): DestinationStream {
  if (format === 'logfmt') return { write: (json) => to.write(logfmt(JSON.parse(json) as Record<string, unknown>)) };
  const isPretty = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
  return isPretty ? prettyDestination(to) : { write: (json) => to.write(visibleLines(json)) };
}

/** One line of `name=value`. */
function logfmt(log: Readonly<Record<string, unknown>>): string {
  return `${Object.entries(log)
    .map(([name, value]) => `${name}=${plainValue(value)}`)
    .join(' ')}\n`;
}

/** Formats lines for a terminal, synchronously: pino's worker threads and streams lose the last lines of a process. */
function prettyDestination(to: DestinationStream): DestinationStream {
  const isColored = hasColors();
  return { write: (json) => to.write(prettyLine(JSON.parse(json) as Record<string, unknown>, isColored)) };
}
