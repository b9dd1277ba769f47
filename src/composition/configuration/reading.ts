import { HIDDEN } from './option.ts';
import type { OptionName } from './options.ts';

/** One value as some source wrote it. */
export interface Reading {
  readonly name: OptionName;
  readonly raw: unknown;
  /** Where it stands, as its writer spelled it: `--port`, `PEERJS_PORT`, `port in signalbox.json`. */
  readonly source: string;
}

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

/** A value in a message: whole where it is short, and on one line. */
export function shown(raw: unknown): string {
  if (typeof raw === 'string') return `'${cut(JSON.stringify(raw).slice(1, -1).replaceAll('\\"', '"'))}'`;
  if (raw === HIDDEN) return 'not shown here';
  if (typeof raw === 'function' || typeof raw === 'symbol' || typeof raw === 'bigint') return `a ${typeof raw}`;
  return cut(JSON.stringify(raw) ?? 'undefined');
}

function cut(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
