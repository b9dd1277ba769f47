import type { Target } from './target.ts';

/** Invalid arguments. The message names the flag, the value and what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The parsed command line of `signalbox doctor`. */
export interface DoctorArguments {
  readonly target: Target;
  /** Prints JSON instead of text. */
  readonly json: boolean;
  /** Prints JUnit XML instead of text. */
  readonly junit: boolean;
  readonly isStrict: boolean;
}

const FLAGS = {
  token: 'text',
  id: 'text',
  key: 'text',
  origin: 'text',
  idle: 'number',
  timeout: 'number',
  json: 'truth',
  junit: 'truth',
  strict: 'truth',
} as const;

type FlagName = keyof typeof FLAGS;

/** The longest socket of the doctor is open for 120 s (DOC2). */
const MAX_IDLE_SECONDS = 115;
const DEFAULT_IDLE_SECONDS = 75;
const MAX_TIMEOUT_MS = 60_000;
const DEFAULT_TIMEOUT_MS = 5_000;

/** @throws UsageError */
export function readArguments(args: readonly string[]): DoctorArguments {
  const { url, values } = readFlags(args);
  const json = values.has('json');
  const junit = values.has('junit');
  if (json && junit) throw new UsageError('--json and --junit exclude each other; use one of them');
  const target: Target = {
    url: readUrl(url),
    key: values.get('key') ?? 'peerjs',
    ...{ id: values.get('id'), token: values.get('token'), origin: readOrigin(values.get('origin')) },
    idle: readNumber('idle', values.get('idle'), DEFAULT_IDLE_SECONDS, { min: 0, max: MAX_IDLE_SECONDS }),
    timeout: readNumber('timeout', values.get('timeout'), DEFAULT_TIMEOUT_MS, { min: 100, max: MAX_TIMEOUT_MS }),
  };
  return { target, json, junit, isStrict: values.has('strict') };
}

function readFlags(args: readonly string[]): {
  readonly url: string | undefined;
  readonly values: ReadonlyMap<FlagName, string>;
} {
  const values = new Map<FlagName, string>();
  let url: string | undefined;
  for (let place = 0; place < args.length; place++) {
    const arg = args[place] ?? '';
    if (!arg.startsWith('--')) {
      if (url !== undefined) throw new UsageError(`one URL is expected, not '${url}' and '${arg}'`);
      url = arg;
      continue;
    }
    const [name, inline] = splitAtEquals(arg.slice(2));
    if (!isFlag(name)) throw new UsageError(`unknown option --${name}; see signalbox doctor --help`);
    const value = FLAGS[name] === 'truth' ? '' : (inline ?? args[++place]);
    if (value === undefined) throw new UsageError(`--${name} requires a value; see signalbox doctor --help`);
    values.set(name, value);
  }
  return { url, values };
}

function splitAtEquals(text: string): [name: string, value: string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function isFlag(name: string): name is FlagName {
  return Object.hasOwn(FLAGS, name);
}

/** The URL of the broker with its path, as in the client: `https://host:port/path/`. Names without a scheme get https. */
function readUrl(text: string | undefined): URL {
  if (text === undefined) throw new UsageError('a URL is required: signalbox doctor https://host:port/path/');
  const full = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(full) ? new URL(full.replace(/^ws(s?):/i, 'http$1:')) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`the URL must be like https://host:port/path/, not '${text}'`);
  }
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function readOrigin(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === 'null') throw new UsageError(`--origin must be like https://page.example, not '${text}'`);
  return origin;
}

function readNumber(
  name: string,
  text: string | undefined,
  fallback: number,
  { min, max }: { min: number; max: number },
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (/^\d{1,6}$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`--${name} must be a whole number from ${min} to ${max}, not '${text}'`);
}
