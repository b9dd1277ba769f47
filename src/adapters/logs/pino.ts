import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Log, LogEvent } from '../../application/ports/log.ts';
import { BurstLimit } from './shared/burst-limit.ts';
import { lineOf, type LogContext } from './shared/lines.ts';
import { standardOutput } from './shared/standard-streams.ts';

export interface PinoLogSettings extends LogContext {
  /** The lowest level that is written. */
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  /** `auto`: pretty if the standard output is a terminal. */
  readonly format: 'auto' | 'pretty' | 'json' | 'logfmt';
  /** Receives one line at a time. Default: the standard output. */
  readonly to?: DestinationStream;
}

/** Writes one line for each event, with pino. A standard output that is not read blocks neither the broker nor its shutdown. */
export class PinoLog implements Log {
  readonly #logger: Logger;
  readonly #context: LogContext;
  readonly #limit = new BurstLimit((kind, count) => this.#logSuppressed(kind, count));

  constructor({ level, format, to = standardOutput(), ...surroundings }: PinoLogSettings) {
    this.#context = surroundings;
    this.#logger = pino(
      { level, base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
      destination(format, to),
    );
  }

  record(event: LogEvent): void {
    const { level, text, fields } = lineOf(event, this.#context);
    const isSuppressed = RATE_LIMITED_EVENTS.has(event.event) && !this.#limit.admits(`${event.event}: ${String(fields['why'])}`);
    this.#logger[isSuppressed ? 'debug' : level](fields, text);
    if (event.event === 'stopped') this.#limit.end();
  }

  #logSuppressed(kind: string, count: number): void {
    this.#logger.warn(
      { event: 'lines-held-back', kind, count },
      'similar lines were suppressed: set the level debug to log each',
    );
  }
}

/** Events that a client can cause at any rate. */
const RATE_LIMITED_EVENTS: ReadonlySet<string> = new Set([
  'connection-refused',
  'upgrade-refused',
  'request-refused',
  'admin-refused',
]);

function destination(format: PinoLogSettings['format'], to: DestinationStream): DestinationStream {
  if (format === 'logfmt') return { write: (json) => to.write(logfmt(JSON.parse(json) as Record<string, unknown>)) };
  const isPretty = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
  return isPretty ? prettyDestination(to) : to;
}

/** One line of `name=value`. Values with blanks or quotes, and objects, are JSON. */
function logfmt(log: Readonly<Record<string, unknown>>): string {
  return `${Object.entries(log)
    .map(([name, value]) => `${name}=${plain(value)}`)
    .join(' ')}\n`;
}

/** Formats lines for a terminal, synchronously: pino's worker threads and streams lose the last lines of a process. */
function prettyDestination(to: DestinationStream): DestinationStream {
  const format = prettyFactory({ translateTime: 'SYS:HH:MM:ss.l', hideObject: true, messageFormat: sentence });
  return { write: (json) => to.write(format(json)) };
}

const OMITTED_FIELDS = new Set(['level', 'time', 'msg', 'event', 'url', 'transport', 'version', 'error']);

function sentence(log: Record<string, unknown>, messageKey: string): string {
  const words = Object.entries(log).flatMap(([name, value]) => (OMITTED_FIELDS.has(name) ? [] : [`${name}=${plain(value)}`]));
  const { stack, message } = (log['error'] ?? {}) as { stack?: string; message?: string };
  const error = stack ?? message;
  return printable([[String(log[messageKey]), ...words].join(' '), error ?? []].flat().join('\n'));
}

function plain(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=\p{Cc}]+$/u.test(value) ? value : JSON.stringify(value);
}

/** Replaces control characters, which a terminal would execute. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '?');
}
