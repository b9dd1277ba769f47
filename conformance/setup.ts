import { flagOf, type SettingName, type Settings } from './settings.ts';

/** One way to set a server, for the cases that need it. */
export interface Setup {
  /** How a server is started for it, where it can be told so. */
  readonly settings: Settings;
  /** What of that must be known of a server that was set by somebody else. The rest is only convenient. */
  readonly requires: readonly SettingName[];
  /** Whether a server that is set like this will do. @returns what is missing. */
  readonly unmet?: (settings: Settings) => string | undefined;
  /** How much longer than usual something may take to come, in milliseconds. */
  readonly extraWait?: (settings: Settings) => number;
  /** Whether the cases are about silence: else peers are kept alive where the server is short of patience. */
  readonly isAboutLiveness?: true;
}

/** Nothing happens by itself while a case runs. */
export const LONG_TIMEOUTS: Settings = { expire_timeout: 60_000, alive_timeout: 60_000 };

/** What is missing where a bound is larger. */
export function atMost(name: SettingName, value: number, bound: number): string | undefined {
  return value <= bound ? undefined : `needs a server with ${flagOf(name).slice(2)} of at most ${bound}`;
}

/** What is missing where a bound is smaller. */
export function atLeast(name: SettingName, value: number, bound: number): string | undefined {
  return value >= bound ? undefined : `needs a server with ${flagOf(name).slice(2)} of at least ${bound}`;
}
