import type { Profile } from '../profile.ts';
import { flagOf, type Settings } from '../settings.ts';
import type { Setup } from '../setup.ts';
import { unmetRequirement } from '../setups.ts';

/** What a setup comes to on this server: how it is set then, or why that can't be. */
export type ResolvedSetup = { readonly settings: Settings } | { readonly missing: string };

/** The server under test: one that runs already, or a command that starts one for each way of setting it. */
export interface Servers {
  /** How it is called in reports. */
  readonly name: string;
  resolve(setup: Setup): ResolvedSetup;
  /** Two settings with the same sign are served by the same process. */
  processKey(settings: Settings): string;
  /** @throws StartFailed */
  start(settings: Settings): Promise<RunningServer>;
}

/** One server that answers, or did. */
export interface RunningServer {
  readonly profile: Profile;
  /** Whether another one can be started in its place. */
  readonly canRestart: boolean;
  /** How its process ended, and its last words; undefined as long as it runs, or where that can't be seen. */
  exitReason(): string | undefined;
  /** Ends it, where it is ours. Harmless when it has ended. */
  stop(): Promise<void>;
}

/** The server did not come to answer. The message has its last words. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed';
}

/**
 * What a setup comes to where some settings can be set, and others were told.
 * @param canSet which ones can be set.
 * @param hint how the user may tell or set what is missing.
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
