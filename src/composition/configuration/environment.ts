import { nearest } from './option-names.ts';
import type { Option } from './option.ts';
import { OPTION_NAMES, OPTIONS, type OptionName } from './options.ts';
import type { Reading } from './reading.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'SIGNALBOX_';

/** The variables that set an option, the strongest first. */
export function variablesOf(name: OptionName): readonly string[] {
  const { scope, env }: Option<unknown, unknown> = OPTIONS[name];
  return scope === 'command line' ? [] : [`${PREFIX}${name.toUpperCase()}`, ...env];
}

/** Of each option the strongest variable that says something. A list stands in one, with commas. */
export function readEnvironment(env: Environment): Reading[] {
  return OPTION_NAMES.flatMap((name) => {
    const source = variablesOf(name).find((variable) => isSet(env[variable]));
    const written = source === undefined ? undefined : env[source];
    if (source === undefined || written === undefined) return [];
    return [{ name, source, raw: OPTIONS[name].takes === 'many' ? written.split(',').map((item) => item.trim()) : written }];
  });
}

/** Words of warning about variables that look like a slip of the pen: others may be there for others. */
export function misspelledVariables(env: Environment): string[] {
  const known = OPTION_NAMES.filter((name) => variablesOf(name).length > 0).map((name) => name.toUpperCase());
  return Object.keys(env).flatMap((variable) => {
    const written = variable.slice(PREFIX.length);
    if (!variable.startsWith(PREFIX) || known.includes(written)) return [];
    const meant = nearest(written, known);
    return meant === undefined ? [] : [`${variable} is no option; did you mean ${PREFIX}${meant}?`];
  });
}

/** An empty variable is as good as none; and Kubernetes sets ‹NAME›_PORT to a URL, for a service of that name. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && !/^(tcp|udp|sctp):\/\//.test(value);
}
