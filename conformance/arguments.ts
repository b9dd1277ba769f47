import { DIALECTS, isDialect, type DialectName } from './dialects.ts';
import { FLAGS } from './flags.ts';
import type { ExpectationsName } from './random/expectations.ts';
import type { Flavour } from './server/flavours.ts';
import { readTemplate, TemplateError, type CommandTemplate } from './server/command-template.ts';
import { flagOf, SETTING_NAMES, SETTINGS, type Settings } from './settings.ts';

/** A running server, or the command that starts one. */
export type Target = { readonly url: URL } | { readonly command: string; readonly template: CommandTemplate };

/** The parsed command line of `signalbox conform`. */
export interface ConformArguments {
  readonly target: Target;
  readonly dialect: DialectName;
  /** How the server is configured, as declared by flags. */
  readonly declared: Settings;
  readonly name: string | undefined;
  readonly only: readonly string[];
  readonly strict: boolean;
  readonly insecure: boolean;
  /** Milliseconds. */
  readonly patience: number;
  /** Milliseconds. */
  readonly startTimeout: number;
  /** File paths; `-` is stdout. */
  readonly json: string | undefined;
  readonly junit: string | undefined;
  readonly report: string | undefined;
  readonly badge: string | undefined;
  /** For the steps of a random run that violated a rule. */
  readonly saveReplay?: string | undefined;
  /** Random runs replace the cases. */
  readonly random: RandomArguments | undefined;
  /** The model's expectations for random runs. */
  readonly expect: ExpectationsName;
}

/** Options of random runs; undefined means the default. */
export interface RandomArguments {
  readonly runs: number | undefined;
  readonly seed: number | undefined;
  /** Steps in the format that a random run prints. */
  readonly replay: string | undefined;
  /** Milliseconds. */
  readonly late?: number | undefined;
  /** Milliseconds. */
  readonly early?: number | undefined;
  /** Milliseconds. */
  readonly jitter?: number | undefined;
}

/** Invalid arguments. The message names the flag, the value and what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const DEFAULT_PATIENCE_MS = 5_000;
const DEFAULT_START_TIMEOUT_MS = 20_000;
const FLAVOURS: readonly string[] = ['peer', 'signalbox', 'none'] satisfies Flavour[];
const EXPECTATIONS: readonly string[] = ['compatible', 'signalbox', 'peer'] satisfies ExpectationsName[];

/** True if a flag such as `--help` is present, even among invalid flags. */
export function hasFlag(name: 'help' | 'list', args: readonly string[]): boolean {
  return args.includes(`--${name}`) || (name === 'help' && args.includes('-h'));
}

/** @throws UsageError */
export function readArguments(args: readonly string[]): ConformArguments {
  const given = readFlags(args);
  const { text, number, list, truth } = flagReader(given);
  const declared = readSettings(given);
  const target = readTarget(text('url'), text('command'), text('flavour'));
  const dialect = readDialect(text('dialect'));
  const { path } = DIALECTS[dialect];
  const usesUrlPath = 'url' in target && declared[path] === undefined && target.url.pathname !== '/';
  const [runs, seed, replay] = [number('random'), number('seed'), text('replay')];
  if (seed !== undefined && runs === undefined) throw new UsageError('--seed requires --random; add --random N');
  if (text('save-replay') !== undefined && runs === undefined && replay === undefined) {
    throw new UsageError('--save-replay requires --random; add --random N');
  }
  if (dialect !== 'peerjs' && (runs !== undefined || replay !== undefined)) {
    throw new UsageError(
      `--random and --replay support --dialect peerjs only, not '${dialect}'; remove them or use --dialect peerjs`,
    );
  }
  return {
    target,
    dialect,
    declared: usesUrlPath ? { ...declared, [path]: target.url.pathname } : declared,
    name: text('name'),
    only: list('only').flatMap((patterns) => patterns.split(',')),
    strict: truth('strict') ?? false,
    insecure: truth('insecure') ?? false,
    patience: number('patience') ?? DEFAULT_PATIENCE_MS,
    startTimeout: number('start-timeout') ?? DEFAULT_START_TIMEOUT_MS,
    json: text('json'),
    junit: text('junit'),
    report: text('report'),
    badge: text('badge'),
    saveReplay: text('save-replay'),
    random:
      runs === undefined && replay === undefined
        ? undefined
        : { runs, seed, replay, late: number('late'), early: number('early'), jitter: number('jitter') },
    expect: readExpectations(text('expect'), target),
  };
}

/** The value of `--dialect`; ignores all other flags. @throws UsageError */
export function requestedDialect(args: readonly string[]): DialectName {
  return readDialect(flagReader(readFlags(args)).text('dialect'));
}

type Given = ReadonlyMap<string, readonly string[]>;

/** Flag names without dashes, each with its values. A boolean is stored as `true` or `false`. */
function readFlags(args: readonly string[]): Given {
  const given = new Map<string, string[]>();
  for (let i = 0; i < args.length; i++) {
    const [source, inline] = splitAtEquals(args[i] ?? '');
    const [name, isNegated] = nameOf(source);
    const flag = FLAGS[name];
    if (flag === undefined) throw new UsageError(`unknown option ${source}; see signalbox conform --help`);
    const value = flag.form === 'truth' ? (inline ?? String(!isNegated)) : (inline ?? args[++i]);
    if (value === undefined || (inline === undefined && flag.form !== 'truth' && value.startsWith('--'))) {
      throw new UsageError(`${source} requires a value: ${flag.placeholder}`);
    }
    checkValue(source, flag.form, value);
    given.set(name, flag.form === 'list' ? [...(given.get(name) ?? []), value] : [value]);
  }
  return given;
}

function splitAtEquals(arg: string): [source: string, inline: string | undefined] {
  const at = arg.indexOf('=');
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}

function nameOf(source: string): [name: string, isDenied: boolean] {
  if (!source.startsWith('--')) throw new UsageError(`unexpected argument '${source}'; see signalbox conform --help`);
  const name = source.slice(2).replaceAll('_', '-');
  const negated = name.startsWith('no-') ? name.slice(3) : '';
  return FLAGS[negated]?.form === 'truth' ? [negated, true] : [name, false];
}

function checkValue(source: string, form: string, value: string): void {
  if (form === 'number' && !/^\d{1,15}$/.test(value)) {
    throw new UsageError(`${source} must be a whole number, not '${value}'`);
  }
  if (form === 'truth' && value !== 'true' && value !== 'false') {
    throw new UsageError(`${source} must be true or false, not '${value}'`);
  }
}

interface Reader {
  readonly text: (name: string) => string | undefined;
  readonly number: (name: string) => number | undefined;
  readonly truth: (name: string) => boolean | undefined;
  readonly list: (name: string) => readonly string[];
}

function flagReader(given: Given): Reader {
  const text = (name: string): string | undefined => given.get(name)?.at(-1);
  return {
    text,
    number: (name) => (text(name) === undefined ? undefined : Number(text(name))),
    truth: (name) => (text(name) === undefined ? undefined : text(name) === 'true'),
    list: (name) => given.get(name) ?? [],
  };
}

function readSettings(given: Given): Settings {
  const { text, number, truth, list } = flagReader(given);
  const read = { text, number, truth, list };
  return Object.fromEntries(
    SETTING_NAMES.flatMap((name) => {
      const flag = flagOf(name).slice(2);
      return given.has(flag) ? [[name, read[SETTINGS[name].kind](flag)]] : [];
    }),
  );
}

function readTarget(url: string | undefined, command: string | undefined, flavour: string | undefined): Target {
  if ((url === undefined) === (command === undefined)) {
    throw new UsageError('exactly one of --url and --command is required; see signalbox conform --help');
  }
  if (url !== undefined) return { url: readUrl(url) };
  if (flavour !== undefined && !FLAVOURS.includes(flavour)) {
    throw new UsageError(`--flavour must be one of ${FLAVOURS.join(', ')}, not '${flavour}'`);
  }
  try {
    return { command: command ?? '', template: readTemplate(command ?? '', flavour as Flavour | undefined) };
  } catch (error) {
    if (error instanceof TemplateError) throw new UsageError(`--command '${command}' is invalid: ${error.message}`);
    throw error;
  }
}

function readDialect(text = 'peerjs'): DialectName {
  if (isDialect(text)) return text;
  throw new UsageError(`--dialect must be one of ${Object.keys(DIALECTS).join(', ')}, not '${text}'`);
}

/** The default is `signalbox` for a command with Signalbox flags, otherwise `compatible`. */
function readExpectations(text: string | undefined, target: Target): ExpectationsName {
  if (text === undefined) return 'template' in target && target.template.flavour === 'signalbox' ? 'signalbox' : 'compatible';
  if (EXPECTATIONS.includes(text)) return text as ExpectationsName;
  throw new UsageError(`--expect must be one of ${EXPECTATIONS.join(', ')}, not '${text}'`);
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new UsageError(`--url must be like http://host:port or https://host:port, not '${text}'`);
}
