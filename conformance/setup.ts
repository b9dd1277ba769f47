import { flagOf, type SettingName, type Settings } from './settings.ts';

/** A server configuration that cases require. */
export interface Setup {
  /** The settings for a server that the suite starts. */
  readonly settings: Settings;
  /** The settings whose value must be known for an external server. The others are optional. */
  readonly requires: readonly SettingName[];
  /** Validates the configuration of a server. @returns the unmet requirement, if any */
  readonly unmet?: (settings: Settings) => string | undefined;
  /** Added to the patience, in milliseconds. */
  readonly extraWait?: (settings: Settings) => number;
  /**
   * For cases about time: the longest delay of the machine with which a verdict is valid, in milliseconds. A case that is not ok
   * is repeated if the delay was longer.
   */
  readonly maxDelay?: (settings: Settings) => number;
  /** True if the cases test the liveness timeout. Otherwise the fixture sends heartbeats. */
  readonly isAboutLiveness?: true;
}

/** No timeout expires during a case. */
export const LONG_TIMEOUTS: Settings = { expire_timeout: 60_000, alive_timeout: 60_000 };

/** The unmet requirement if the value is higher. */
export function atMost(name: SettingName, value: number, bound: number): string | undefined {
  return value <= bound ? undefined : `requires ${flagOf(name)} of at most ${bound}; configure the server, then pass the flag`;
}

/** The unmet requirement if the value is lower. */
export function atLeast(name: SettingName, value: number, bound: number): string | undefined {
  return value >= bound ? undefined : `requires ${flagOf(name)} of at least ${bound}; configure the server, then pass the flag`;
}
