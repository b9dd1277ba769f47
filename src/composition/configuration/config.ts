import type { CertificateFiles } from '../../adapters/transports/shared/settings.ts';
import { invariant } from '../../domain/invariant.ts';
import { accepted, refused, type Result } from '../../domain/result.ts';
import { readCommandLine } from './command-line.ts';
import { readConfigFile, readObject } from './config-file.ts';
import { configConflicts } from './config-conflicts.ts';
import { configWarnings, quotedValues } from './config-warnings.ts';
import { DIALECT_NAMES } from './dialect-options.ts';
import { type Environment, readEnvironment, misspelledVariables } from './environment.ts';
import { configName, type ConfigName, optionNamed, type Spelling } from './option-names.ts';
import { rememberSources } from './option-sources.ts';
import { withSecrets } from './secret-files.ts';
import type { Option } from './option.ts';
import { type GivenFor, OPTION_NAMES, type OptionName, OPTIONS, type Settings, type ValueOf } from './options.ts';
import { type ConfigProblem, NO_READINGS, type ReadFile, type Reading, type Readings, shown } from './reading.ts';

export type { ConfigProblem } from './reading.ts';

type CommandLineOption = 'config' | 'plugin' | 'print_config' | 'check' | 'version' | 'help';
type GivableOption = Exclude<OptionName, CommandLineOption>;

/**
 * The resolved configuration of a broker, described in docs/options.md. Times are in milliseconds, `turnTtl` and `authLeeway` in
 * seconds.
 */
export type Config = {
  readonly [Name in Exclude<GivableOption, 'sslkey' | 'sslcert' | 'all'> as ConfigName<Name>]: ValueOf<Name>;
} & { readonly tls?: CertificateFiles };

/** Options as a program gives them, in the spelling of `peer` or in camel case. */
export type GivenOptions = { readonly [Name in GivableOption as Spelling<Name>]?: GivenFor<Name> | undefined };

/** The sources of options, in descending order of precedence. */
export interface Sources {
  /** Options by name, from a program. */
  readonly given?: object;
  /** The arguments after the name of the command. */
  readonly argv?: readonly string[];
  readonly env?: Environment;
  /** Reads the file of the option `config`. */
  readonly readFile?: ReadFile;
  /** A9: whether the program decides with a function which clients may connect. */
  readonly hasFunction?: boolean;
}

export interface Resolved {
  readonly config: Config;
  /** The same values by the names of the options. */
  readonly settings: Settings;
  /** Likely mistakes, one line each. */
  readonly warnings: readonly string[];
}

/** Resolves all options. The refusal lists every invalid option. */
export function resolveConfig(sources: Sources): Result<Resolved, readonly ConfigProblem[]> {
  const { readings, problems, inFile } = readAll(sources);
  const found = new Map(readings.map((reading) => [reading.name, reading]));
  const { settings, invalid } = resolveSettings(found);
  const wrong = [...problems, ...invalid];
  if (wrong.length > 0) return refused(wrong);
  const sourceOf = (name: OptionName): string | undefined => found.get(name)?.source;
  const conflicts = configConflicts(settings, sourceOf, sources.hasFunction);
  if (conflicts.length > 0) return refused(conflicts);
  const warnings = [
    ...misspelledVariables(sources.env ?? {}),
    ...quotedValues(inFile),
    ...configWarnings(settings, sourceOf, sources.hasFunction),
  ];
  const config = configOf(settings);
  rememberSources(config, sourceOf);
  return accepted({ config, settings, warnings });
}

export function defaultConfig(): Config {
  const resolved = resolveConfig({});
  invariant(resolved.ok, 'the defaults are allowed');
  return resolved.value.config;
}

/** Whether the name, in any spelling, is an option for programs. */
export function isKnownOption(spelling: string): boolean {
  const name = optionNamed(spelling);
  return name !== undefined && OPTIONS[name].scope === 'everywhere';
}

/** The readings of all sources, in ascending order of precedence. */
function readAll({ given = {}, argv = [], env = {}, readFile }: Sources): Readings & { readonly inFile: readonly Reading[] } {
  const stronger = [{ readings: readEnvironment(env), problems: [] }, readCommandLine(argv), readObject(given, '')];
  const named = stronger.flatMap(({ readings }) => readings).findLast(({ name }) => name === 'config');
  const path = named === undefined ? undefined : OPTIONS.config.read(named.raw);
  const file =
    named !== undefined && readFile !== undefined && path?.ok === true && path.value !== undefined
      ? readConfigFile(path.value, named.source, readFile)
      : NO_READINGS;
  const all = [file, ...stronger].map((each) => (readFile === undefined ? each : withSecrets(each, readFile)));
  const readings = all.flatMap(({ readings }) => readings);
  return { readings, problems: all.flatMap(({ problems }) => problems), inFile: file.readings };
}

function resolveSettings(found: ReadonlyMap<OptionName, Reading>): { settings: Settings; invalid: ConfigProblem[] } {
  const invalid: ConfigProblem[] = [];
  const profile = OPTIONS.profile.read(found.get('profile')?.raw);
  const isHardened = profile.ok && profile.value === 'hardened';
  const values = OPTION_NAMES.map((name) => {
    const option: Option<unknown, unknown> = OPTIONS[name];
    const reading = found.get(name);
    if (reading === undefined) return [name, isHardened ? (option.hardened ?? option.default) : option.default] as const;
    const value = option.read(reading.raw);
    if (value.ok) return [name, value.value] as const;
    const { source } = reading;
    const hint = option.hint?.(value.refusal);
    const message = `${source} is ${shown(value.refusal)}; it must be ${option.allowed}${hint === undefined ? '' : `: ${hint}`}`;
    invalid.push({ source, message });
    return [name, option.default] as const;
  });
  // The schema determines the type of each value.
  return { settings: Object.fromEntries(values) as Settings, invalid };
}

function configOf(settings: Settings): Config {
  const { sslkey, sslcert, all, ...given } = settings;
  const others = { ...given, dialects: all ? DIALECT_NAMES : given.dialects };
  const entries = (Object.keys(others) as (keyof typeof others)[])
    .filter((name) => OPTIONS[name].scope === 'everywhere')
    .map((name) => [configName(name), others[name]] as const);
  const tls = sslkey === undefined || sslcert === undefined ? {} : { tls: { keyFile: sslkey, certFile: sslcert } };
  return { ...Object.fromEntries(entries), ...tls } as Config;
}
