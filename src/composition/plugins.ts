import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { adapterConflicts, checkAdapters } from './adapter-checks.ts';
import { ConfigError } from './configuration/config-error.ts';
import type { Config, ConfigProblem } from './configuration/config.ts';
import { shown } from './configuration/reading.ts';
import type { Adapters } from './given-adapters.ts';

/** The default export of a plugin: its adapters, or a function that receives all options and returns them. */
export type Plugin = Adapters | ((config: Config) => Adapters | Promise<Adapters>);

/**
 * The adapters of all plugins.
 * @param paths of ES modules, relative to the working directory.
 * @throws ConfigError naming the plugin, the adapter, and what is missing or allowed.
 */
export async function loadPlugins(paths: readonly string[], config: Config): Promise<Adapters> {
  const owners = new Map<string, string>();
  let all: Adapters = {};
  for (const path of paths) {
    const adapters = await adaptersOf(path, config);
    for (const name of namesOf(adapters)) {
      const other = owners.get(name);
      if (other !== undefined) fail(path, `adapters.${name} is also in --plugin ${other}: remove one of them`);
      owners.set(name, path);
    }
    all = { ...all, ...adapters };
  }
  // Ports that share their state may be in several plugins.
  rejectProblems(paths.join(' --plugin '), [
    ...checkAdapters(all),
    ...adapterConflicts(all, { config, authorize: undefined, isLogGiven: false }),
  ]);
  return all;
}

async function adaptersOf(path: string, config: Config): Promise<Adapters> {
  const plugin = await importPlugin(path);
  const adapters = typeof plugin === 'function' ? await callPlugin(path, plugin as (config: Config) => unknown, config) : plugin;
  rejectProblems(
    path,
    checkAdapters(adapters).filter(({ source }) => source !== 'adapters.bus'),
  );
  return adapters as Adapters;
}

async function importPlugin(path: string): Promise<unknown> {
  const file = resolve(path);
  const isReadable = await access(file).then(
    () => true,
    () => false,
  );
  if (!isReadable) return fail(path, `the file ${file} can't be read; it must be the path of an ES module`);
  const loaded = (await attempt(path, "can't be loaded", () => import(pathToFileURL(file).href))) as { default?: unknown };
  if (loaded.default !== undefined) return loaded.default;
  const exported = Object.keys(loaded).map(shown).join(', ') || 'nothing';
  return fail(path, `the module exports ${exported}; its default export must be the adapters, or a function that returns them`);
}

function callPlugin(path: string, plugin: (config: Config) => unknown, config: Config): Promise<unknown> {
  return attempt(path, 'the function failed', () => plugin(config));
}

async function attempt(path: string, what: string, work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return fail(path, `${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function namesOf(adapters: Adapters): string[] {
  return Object.entries(adapters).flatMap(([name, adapter]) => (adapter === undefined ? [] : [name]));
}

function rejectProblems(path: string, problems: readonly ConfigProblem[]): void {
  const source = `--plugin ${path}`;
  if (problems.length > 0) throw new ConfigError(problems.map(({ message }) => ({ source, message: `${source}: ${message}` })));
}

function fail(path: string, message: string): never {
  const source = `--plugin ${path}`;
  throw new ConfigError([{ source, message: `${source}: ${message}` }]);
}
