import type { OptionInEffect } from '../application/ports/admin-listener.ts';
import type { Config } from './configuration/config.ts';
import { configName } from './configuration/option-names.ts';
import { sourcesOf } from './configuration/option-sources.ts';
import type { Option } from './configuration/option.ts';
import { OPTION_NAMES, OPTIONS, type OptionName } from './configuration/options.ts';

/** The options of a configuration with their sources. Secrets are hidden. */
export function optionsInEffect(config: Config): OptionInEffect[] {
  const sourceOf = sourcesOf(config);
  return OPTION_NAMES.flatMap((name) => {
    const option: Option<unknown, unknown> = OPTIONS[name];
    if (option.scope !== 'everywhere' || name === 'all') return [];
    const value = valueIn(config, name);
    const isHidden = option.isSecret === true && value !== undefined && !(Array.isArray(value) && value.length === 0);
    const shown = isHidden ? (option.withoutSecrets?.(value) ?? 'hidden') : value;
    return [{ name, value: shown, source: sourceOf(name) }];
  });
}

/** The value of an option; undefined for one that a configuration does not contain. */
export function valueIn(config: Config, name: OptionName): unknown {
  if (name === 'sslkey') return config.tls?.keyFile;
  if (name === 'sslcert') return config.tls?.certFile;
  return (config as Readonly<Record<string, unknown>>)[configName(name)];
}
