import { HIDDEN, UnusableSecret } from './option.ts';
import type { OptionName } from './options.ts';

/** One value as some source wrote it. */
export interface Reading {
  readonly name: OptionName;
  readonly raw: unknown;
  /** Where it stands, as its writer spelled it: `--port`, `PEERJS_PORT`, `port in signalbox.json`. */
  readonly source: string;
}

/** Where an option's value was given, as its writer spelled it; undefined for its default. */
export type SourceOf = (name: OptionName) => string | undefined;

/** One option that can't be used. */
export interface ConfigProblem {
  /** Where it stands, as its writer spelled it. */
  readonly source: string;
  /** One line that names the option, its value and what is allowed. */
  readonly message: string;
}

/** What one source says. */
export interface Readings {
  readonly readings: readonly Reading[];
  readonly problems: readonly ConfigProblem[];
}

export const NO_READINGS: Readings = { readings: [], problems: [] };

/** A value in a message: whole where it is short, on one line, and without what looks like a secret. */
export function shown(raw: unknown): string {
  if (raw instanceof UnusableSecret) return `${raw.what} (the value is not shown)`;
  if (raw === HIDDEN || holdsSecret(raw)) return 'not shown here';
  if (isObject(raw) && Object.keys(raw).length > 0) return 'an object';
  if (typeof raw === 'string') return `'${cut(JSON.stringify(raw).slice(1, -1).replaceAll('\\"', '"'))}'`;
  if (typeof raw === 'function' || typeof raw === 'symbol' || typeof raw === 'bigint') return `a ${typeof raw}`;
  return cut(JSON.stringify(raw) ?? 'undefined');
}

function cut(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

/** PEM text, a JSON object or web key, a token, or a URL with credentials: what stands in the wrong option by mistake. */
function holdsSecret(raw: unknown): boolean {
  const items: unknown[] = [raw].flat(Infinity);
  const looksSecret = (item: unknown): boolean =>
    typeof item === 'string' && /-----BEGIN|^\s*\{|\/\/[^/\s]+@|\beyJ[\w-]+\./.test(item);
  return items.some((item) => looksSecret(item) || (item !== raw && isObject(item)));
}

function isObject(raw: unknown): raw is object {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}
