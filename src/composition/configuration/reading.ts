import { accepted, refused, type Result } from '../../domain/result.ts';
import { HIDDEN, InvalidMember, UnusableSecret } from './option.ts';
import type { OptionName } from './options.ts';

/** Reads the text of a file. @throws Error when the file can't be read. */
export type ReadFile = (path: string) => string;

/** The text of a file that an option or a variable names. @param source the place of the name, for the refusal. */
export function readNamedFile(path: string, source: string, readFile: ReadFile): Result<string, ConfigProblem> {
  try {
    return accepted(readFile(path));
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
    return refused({ source, message: `${source} is ${shown(path)}, which can't be read: ${reason}` });
  }
}

/** One value of one source, before validation. */
export interface Reading {
  readonly name: OptionName;
  readonly raw: unknown;
  /** The place of the value, as it was spelled: `--port`, `PEERJS_PORT`, `port in signalbox.json`. */
  readonly source: string;
}

/** The place of an option's value, as it was spelled; undefined for a default. */
export type SourceOf = (name: OptionName) => string | undefined;

/** One invalid option. */
export interface ConfigProblem {
  /** The place of the value, as it was spelled. */
  readonly source: string;
  /** One line with the option, its value and the allowed values. */
  readonly message: string;
}

/** The values and problems of one source. */
export interface Readings {
  readonly readings: readonly Reading[];
  readonly problems: readonly ConfigProblem[];
}

export const NO_READINGS: Readings = { readings: [], problems: [] };

/** A value for a message: on one line, cut to 60 characters, and hidden if it may contain a secret. */
export function shown(raw: unknown): string {
  if (raw instanceof UnusableSecret) return `${raw.what} (the value is not shown)`;
  if (raw instanceof InvalidMember) return `an object whose ${raw.path} is ${shown(raw.refusal)}`;
  if (raw === HIDDEN || holdsSecret(raw)) return 'hidden, because it may contain a secret';
  if (isObject(raw) && Object.keys(raw).length > 0) return 'an object';
  if (typeof raw === 'string') return `'${cut(JSON.stringify(raw).slice(1, -1).replaceAll('\\"', '"'))}'`;
  if (typeof raw === 'function' || typeof raw === 'symbol' || typeof raw === 'bigint') return `a ${typeof raw}`;
  return cut(JSON.stringify(raw) ?? 'undefined');
}

function cut(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

/** PEM text, a JSON object or web key, a token, or a URL with credentials, which may be in the wrong option by mistake. */
function holdsSecret(raw: unknown): boolean {
  const items: unknown[] = [raw].flat(Infinity);
  const looksSecret = (item: unknown): boolean =>
    typeof item === 'string' && /-----BEGIN|^\s*\{|\/\/[^/\s]+@|\beyJ[\w-]+\./.test(item);
  return items.some((item) => looksSecret(item) || (item !== raw && isObject(item)));
}

function isObject(raw: unknown): raw is object {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}
