import { nearest } from './option-names.ts';
import type { Option } from './option.ts';
import { OPTION_NAMES, OPTIONS, type OptionName } from './options.ts';
import type { Reading } from './reading.ts';
import { isSecret, secretFiles } from './secret-files.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'SIGNALBOX_';
/** The variable names a file with the value of a secret. */
const FILE = '_FILE';

/** The variables of an option, in descending order of precedence. */
export function variablesOf(name: OptionName): readonly string[] {
  const { scope, env }: Option<unknown, unknown> = OPTIONS[name];
  if (scope === 'command line') return [];
  const variable = `${PREFIX}${name.toUpperCase()}`;
  return [variable, ...(isSecret(name) ? [`${variable}${FILE}`] : []), ...env];
}

/** Reads the first variable of each option that is set. A list is one variable, separated by commas. */
export function readEnvironment(env: Environment): Reading[] {
  return OPTION_NAMES.flatMap((name) => {
    const source = variablesOf(name).find((variable) => isSet(env[variable]));
    const written = source === undefined ? undefined : env[source];
    if (source === undefined || written === undefined) return [];
    const { takes, separate = separateAtCommas }: Option<unknown, unknown> = OPTIONS[name];
    if (source.endsWith(FILE)) {
      return [{ name, source, raw: secretFiles(takes === 'many' ? separateAtCommas(written) : written) }];
    }
    return [{ name, source, raw: takes === 'many' ? separate(written) : written }];
  });
}

/** Warnings about variables whose names are close to an option. Other variables may belong to other programs. */
export function misspelledVariables(env: Environment): string[] {
  const known = OPTION_NAMES.flatMap(variablesOf).flatMap((name) => (name.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : []));
  return Object.keys(env).flatMap((variable) => {
    const written = variable.slice(PREFIX.length);
    if (!variable.startsWith(PREFIX) || known.includes(written)) return [];
    const meant = nearest(written, known);
    return meant === undefined ? [] : [`${variable} is not an option; did you mean ${PREFIX}${meant}?`];
  });
}

function separateAtCommas(written: string): readonly string[] {
  return written.split(',').map((item) => item.trim());
}

/** An empty variable counts as unset. Kubernetes sets ‹NAME›_PORT to a URL for a service of that name. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && !/^(tcp|udp|sctp):\/\//.test(value);
}
