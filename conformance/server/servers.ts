import type { Profile } from '../profile.ts';
import { flagOf, type Settings } from '../settings.ts';
import type { Setup } from '../setup.ts';
import { unmetRequirement } from '../setups.ts';

/** The settings for a setup on this server, or the reason why it is unavailable. */
export type ResolvedSetup = { readonly settings: Settings } | { readonly missing: string };

/** The server under test: an external one, or a command that starts one for each configuration. */
export interface Servers {
  /** The name in reports. */
  readonly name: string;
  resolve(setup: Setup): ResolvedSetup;
  /** Settings with the same key share one process. */
  processKey(settings: Settings): string;
  /** @throws StartFailed */
  start(settings: Settings): Promise<RunningServer>;
}

/** A server that was started and has responded. */
export interface RunningServer {
  readonly profile: Profile;
  /** True if the suite can start another one. */
  readonly canRestart: boolean;
  /** How the process ended, with its last output; undefined while it is running, or for an external server. */
  exitReason(): string | undefined;
  /** Stops the process, if the suite started it. Idempotent. */
  stop(): Promise<void>;
}

/** The server did not respond. The message includes its last output. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed';
}

/**
 * Combines the settings of a setup with those that the user declared.
 * @param canSet true for a setting that the suite can set.
 * @param hint how the user can supply a missing value.
 */
export function resolveSetup(
  setup: Setup,
  declared: Settings,
  canSet: (name: keyof Settings) => boolean,
  hint: string,
): ResolvedSetup {
  const set = Object.fromEntries(Object.entries(setup.settings).filter(([name]) => canSet(name as keyof Settings)));
  const settings: Settings = { ...declared, ...set };
  const unknown = setup.requires.filter((name) => settings[name] === undefined);
  if (unknown.length > 0) return { missing: `${hint} ${unknown.map(flagOf).join(', ')}` };
  const missing = unmetRequirement(setup, settings);
  return missing === undefined ? { settings } : { missing };
}
