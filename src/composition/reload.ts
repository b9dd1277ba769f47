import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../application/ports/log.ts';
import { refused, type Result } from '../domain/result.ts';
import { sizeConflicts, SIZES } from './configuration/config-conflicts.ts';
import type { Config, ConfigProblem, Resolved } from './configuration/config.ts';
import { configName } from './configuration/option-names.ts';
import { rememberSources, sourcesOf } from './configuration/option-sources.ts';
import { OPTION_NAMES, OPTIONS, type OptionName } from './configuration/options.ts';
import { isReloadable } from './configuration/reloadable-options.ts';
import { valueIn } from './options-in-effect.ts';

const LISTENERS = new WeakMap<object, (() => void)[]>();

/** Calls `listener` after each reload of that configuration, which then has the new values. */
export function onReload(config: object, listener: () => void): void {
  const listeners = LISTENERS.get(config);
  if (listeners === undefined) LISTENERS.set(config, [listener]);
  else listeners.push(listener);
}

/** Options with other values than before, by name. */
export interface ChangedOptions {
  /** Those that are in effect now. */
  readonly changed: readonly OptionName[];
  /** Those that keep their old values until a restart. */
  readonly needsRestart: readonly OptionName[];
}

/**
 * Puts what can change at run time into effect, in place: limits are read from the configuration at each use, and the
 * listeners replace keys and secrets. Connections stay open.
 */
export function reload(running: Config, next: Config): ChangedOptions {
  const different = OPTION_NAMES.filter(
    (name) => OPTIONS[name].scope === 'everywhere' && !isDeepStrictEqual(valueIn(running, name), valueIn(next, name)),
  );
  const changed = different.filter((name) => takesEffect(name, running, next));
  const needsRestart = different.filter((name) => !takesEffect(name, running, next));
  Object.assign(running, Object.fromEntries(changed.map((name) => [configName(name), valueIn(next, name)])));
  const [before, after] = [sourcesOf(running), sourcesOf(next)];
  rememberSources(running, (name) => (needsRestart.some((one) => one === name) ? before(name) : after(name)));
  for (const listener of LISTENERS.get(running) ?? []) listener();
  return { changed, needsRestart };
}

function takesEffect(name: OptionName, running: Config, next: Config): boolean {
  return isReloadable(name, running.cluster !== undefined) && isGiven(valueIn(running, name)) === isGiven(valueIn(next, name));
}

/** Refuses options whose new limits do not fit those that keep their old values until a restart. */
export function fitting(
  resolved: Result<Resolved, readonly ConfigProblem[]>,
  running: Config,
): Result<Resolved, readonly ConfigProblem[]> {
  if (!resolved.ok) return resolved;
  const after = (name: OptionName): Config =>
    takesEffect(name, running, resolved.value.config) ? resolved.value.config : running;
  const sizes = Object.fromEntries(SIZES.map((name) => [name, valueIn(after(name), name)]));
  const conflicts = sizeConflicts(sizes as Record<(typeof SIZES)[number], number>, (name) => sourcesOf(after(name))(name));
  if (conflicts.length === 0) return resolved;
  const why = 'until a restart, because a reload does not change that limit';
  return refused(conflicts.map(({ source, message }) => ({ source, message: `${message}, ${why}` })));
}

/** A feature that is added or removed needs a restart: only its keys, secrets and limits are replaced. */
function isGiven(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

/** Reloads the options that were read again. Invalid options change nothing. @returns the warnings. */
export function reloadFrom(resolved: Result<Resolved, readonly ConfigProblem[]>, running: Config, log: Log): readonly string[] {
  if (!resolved.ok) {
    log.record({ event: 'configuration-refused', problems: resolved.refusal.map(({ message }) => message) });
    return [];
  }
  log.record({ event: 'configuration-reloaded', ...reload(running, resolved.value.config) });
  return resolved.value.warnings;
}
