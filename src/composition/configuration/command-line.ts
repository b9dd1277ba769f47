import { parseArgs, type ParseArgsConfig } from 'node:util';
import { COMMAND_NAMES } from './command-names.ts';
import { nearest, optionNamed, spellingsOf, suggestion } from './option-names.ts';
import type { Option } from './option.ts';
import { OPTION_NAMES, OPTIONS, type OptionName } from './options.ts';
import { type ConfigProblem, type Reading, type Readings, shown } from './reading.ts';
import { isSecret, secretFiles, secretOfFile } from './secret-files.ts';

/** Parses the arguments after `signalbox`. The optional first word `serve` has no effect. */
export function readCommandLine(argv: readonly string[]): Readings {
  const [word = ''] = argv;
  const meant = /^[a-z-]+$/.test(word) && !word.startsWith('-') ? nearest(word, COMMAND_NAMES) : undefined;
  if (meant !== undefined && meant !== word) {
    return { readings: [], problems: [{ source: 'argument', message: `${word} is not a command; did you mean ${meant}?` }] };
  }
  const walk = new ArgumentParser();
  const { args, mistyped } = withoutMistypedFlags(argv[0] === 'serve' ? argv.slice(1) : argv);
  for (const token of tokensOf(args)) walk.take(token);
  const { readings, problems } = walk.end();
  return { readings, problems: [...mistyped, ...problems] };
}

type Token = NonNullable<ReturnType<typeof parse>['tokens']>[number];

function parse(args: readonly string[]): ReturnType<typeof parseArgs<{ args: string[]; tokens: true; strict: false }>> {
  return parseArgs({ args: [...args], options: FLAGS, strict: false, tokens: true, allowPositionals: true });
}

const FLAGS: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
  OPTION_NAMES.flatMap((name) => {
    const { takes, short }: Option<unknown, unknown> = OPTIONS[name];
    const type = takes === 'none' ? ('boolean' as const) : ('string' as const);
    const [first = name, ...others] = spellingsOf(name);
    const spellings = others.map((spelling) => [spelling, { type }] as const);
    const files = isSecret(name) ? spellingsOf(name).flatMap(fileFlags) : [];
    return [[first, short === undefined ? { type } : { type, short }] as const, ...spellings, ...files];
  }),
);

/** The flags that name the file of a secret. */
function fileFlags(spelling: string): (readonly [string, { type: 'string' }])[] {
  return ['_file', '-file', 'File'].map((end) => [`${spelling}${end}`, { type: 'string' }] as const);
}

/** In `--port --host ::`, `parseArgs` would take `--host` as the value of `--port`. A PEM is a value. */
function* tokensOf(args: readonly string[]): Generator<Token> {
  for (const token of parse(args).tokens) {
    const isFlagForValue = token.kind === 'option' && token.inlineValue === false && /^-(?!\d|----BEGIN )./.test(token.value);
    if (!isFlagForValue) {
      yield token;
      continue;
    }
    yield { ...token, value: undefined, inlineValue: undefined };
    yield* tokensOf(args.slice(token.index + 1));
    return;
  }
}

/** The flag right before an argument that is no flag, whose value the argument may be. */
type OpenFlag = { readonly name: OptionName; readonly source: string } | 'unknown flag' | undefined;

class ArgumentParser {
  readonly #readings: Reading[] = [];
  readonly #problems: ConfigProblem[] = [];
  #open: OpenFlag = undefined;
  #lastFlag: string | undefined = undefined;

  take(token: Token): void {
    if (token.kind === 'option') return this.#flag(token);
    if (token.kind === 'positional') return this.#argument(token.value);
    this.#open = undefined;
  }

  end(): Readings {
    return { readings: merged(this.#readings), problems: this.#problems };
  }

  #flag({ name: written, rawName: source, value }: Token & { kind: 'option' }): void {
    const secret = secretOfFile(written);
    const name = optionNamed(written) ?? secret;
    this.#open = undefined;
    this.#lastFlag = source;
    if (name === undefined) return this.#unknown(written, source, value);
    const { takes, allowed, isGreedy }: Option<unknown, unknown> = OPTIONS[name];
    if (secret !== undefined && value !== undefined) {
      this.#readings.push({ name, raw: secretFiles(value), source });
      return;
    }
    if (value === undefined && takes !== 'none') {
      this.#report(source, `${source} has no value; it must be ${secret === undefined ? allowed : 'the path of a file'}`);
      return;
    }
    this.#readings.push({ name, raw: value ?? true, source });
    if (value === undefined || isGreedy === true) this.#open = { name, source };
  }

  #unknown(written: string, source: string, value: string | undefined): void {
    const denied = written.startsWith('no-') || written.startsWith('no_') ? optionNamed(written.slice(3)) : undefined;
    if (denied !== undefined && OPTIONS[denied].takes === 'none' && value === undefined) {
      this.#readings.push({ name: denied, raw: false, source });
      return;
    }
    if (value === undefined) this.#open = 'unknown flag';
    this.#report(source, `${source} is not a flag${suggestion(source, flagsLike(source))}`);
  }

  /** `--proxied 2`, `--allow_discovery false` and, as with `peer`, `--cors A B`. */
  #argument(value: string): void {
    const open = this.#open;
    if (open === 'unknown flag') {
      this.#open = undefined;
      return;
    }
    if (open === undefined) return this.#unexpected(value);
    this.#readings.push({ ...open, raw: value });
    if (OPTIONS[open.name].takes === 'none') this.#open = undefined;
  }

  /** After a flag the value is not shown, because it may be the rest of a secret that contains spaces. */
  #unexpected(value: string): void {
    const before = this.#lastFlag;
    const message = before === undefined ? `unexpected argument ${shown(value)}` : `unexpected argument after ${before}`;
    this.#report('argument', `${message}; quote a value that contains spaces`);
  }

  #report(source: string, message: string): void {
    this.#problems.push({ source, message });
  }
}

/** Removes `-port 9000`, which `parseArgs` would read as `-p ort` and an argument. */
function withoutMistypedFlags(argv: readonly string[]): { args: string[]; mistyped: ConfigProblem[] } {
  const mistyped: ConfigProblem[] = [];
  const args: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? '';
    if (argument === '--') return { args: [...args, ...argv.slice(i)], mistyped };
    const [, written = '', inline] = /^-([a-z][\w-]+?)(=.*)?$/is.exec(argument) ?? [];
    if (optionNamed(written) === undefined) {
      args.push(argument);
      continue;
    }
    const source = `-${written}`;
    mistyped.push({ source, message: `${source} is not a flag; did you mean -${source}?` });
    if (inline === undefined && argv[i + 1]?.startsWith('-') === false) i += 1;
  }
  return { args, mistyped };
}

/** A repeated option keeps its last value; a list keeps all values. */
function merged(readings: readonly Reading[]): Reading[] {
  const byName = new Map<OptionName, Reading>();
  for (const reading of readings) {
    const earlier = byName.get(reading.name);
    const isList = OPTIONS[reading.name].takes === 'many';
    byName.set(
      reading.name,
      isList ? { ...reading, raw: [...((earlier?.raw as unknown[] | undefined) ?? []), reading.raw] } : reading,
    );
  }
  return [...byName.values()];
}

function flagsLike(written: string): string[] {
  const separator = /^--.*-/.test(written) ? '-' : '_';
  return OPTION_NAMES.map((name) => `--${name.replaceAll('_', separator)}`);
}
