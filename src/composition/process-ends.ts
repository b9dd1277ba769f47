import { readableError } from '../adapters/logs/shared/lines.ts';
import { standardError } from '../adapters/logs/shared/standard-streams.ts';
import { ListenError } from '../application/ports/transport.ts';
import type { Log } from '../application/ports/log.ts';
import { ConfigError } from './configuration/config-error.ts';

export const FAILED = 1;
export const INVALID_USAGE = 2;

export function printError(message: string): void {
  // Not `console.error`, which blocks the exit while standard error is not read.
  standardError().write(`signalbox: ${message}\n`);
}

/** Prints why the broker can't start, and ends the process. @throws any other error again. */
export function exitOnStartError(error: unknown): never {
  if (!(error instanceof ListenError || error instanceof ConfigError)) throw error;
  printError(error.message);
  process.exit(error instanceof ConfigError ? INVALID_USAGE : FAILED);
}

/** After an unexpected exception the state is unknown: the process exits, and its supervisor restarts it. */
export function exitOnFault(log: Log): void {
  const end = (error: unknown): void => {
    log.record({ event: 'crashed', error });
    const { stack, message } = readableError(error);
    printError(`exits after an internal error: ${stack ?? message}`);
    process.exit(FAILED);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
