import { PinoLog } from '../adapters/logs/pino.ts';
import { SilentLog } from '../adapters/logs/silent.ts';
import type { Log } from '../application/ports/log.ts';
import type { Config, GivenOptions } from './configuration/config.ts';
import { VERSION } from './version.ts';

/** The log that the configuration asks for. */
export function makeLog({ logLevel, logFormat, path }: Config): Log {
  return logLevel === 'silent' ? new SilentLog() : new PinoLog({ level: logLevel, format: logFormat, path, version: VERSION });
}

/** Whether a program asks for a log: without one of these options the library is silent. */
export function isLogAsked({ log_level, logLevel, log_format, logFormat }: GivenOptions): boolean {
  return [log_level, logLevel, log_format, logFormat].some((value) => value !== undefined);
}
