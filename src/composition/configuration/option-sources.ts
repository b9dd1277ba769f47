import type { SourceOf } from './reading.ts';

const SOURCES = new WeakMap<object, SourceOf>();

/** Keeps the sources of the options beside a configuration, whose members are values only. */
export function rememberSources(config: object, sourceOf: SourceOf): void {
  SOURCES.set(config, sourceOf);
}

/** The sources of the options of a configuration; none for a copy of it. */
export function sourcesOf(config: object): SourceOf {
  return SOURCES.get(config) ?? ((): undefined => undefined);
}
