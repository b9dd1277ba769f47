import { accepted, refused, type Result } from '../../domain/result.ts';

/** The type of an option's value, and its parser for text and JSON. */
export interface ValueType<Value, Given = Value> {
  /** The number of values on the command line: `none` for a flag without a value. */
  readonly takes: 'none' | 'one' | 'many';
  /** The placeholder of the value in the help: `<port>`. */
  readonly placeholder: string;
  /** The allowed values, as a phrase after "it must be". */
  readonly allowed: string;
  /** The unit of a number. */
  readonly unit?: Unit;
  /** The refusal is the part of the value that is not allowed. */
  read(raw: unknown): Result<Value, unknown>;
  /** The next step for a refused value, if there is one. */
  hint?(refusal: unknown): string | undefined;
  /** The values in an environment variable; undefined for a list that is separated by commas. */
  readonly separate?: (written: string) => readonly string[];
  /** Whether the value is a secret, which is never shown. */
  readonly isSecret?: boolean;
  /** The part of a secret value that a config file may show. */
  withoutSecrets?(value: unknown): unknown;
  /** Never set: the type of the value that a program may give. */
  readonly given?: Given;
}

/** Replaces a secret value in messages. */
export const HIDDEN = Symbol('hidden');

/** Replaces a secret value in messages, with a description of the value. */
export class UnusableSecret {
  readonly what: string;

  /** @param what describes the value, without any part of it. */
  constructor(what: string) {
    this.what = what;
  }
}

/** A member of an object that is not allowed. */
export class InvalidMember {
  /** Names from the outermost one, separated by dots. */
  readonly path: string;
  /** The part of the value that is not allowed. */
  readonly refusal: unknown;
  readonly allowed: string;

  constructor(path: string, refusal: unknown, allowed: string) {
    this.path = path;
    this.refusal = refusal;
    this.allowed = allowed;
  }
}

/** `''` for a bare number. */
export type Unit = 'ms' | 's' | 'bytes' | '';

/** Sources of an option: all, the command line and the environment, or only the command line. */
export type Scope = 'everywhere' | 'outside the file' | 'command line';

export type Group =
  | 'Serving'
  | 'Dialects'
  | 'Limits for topics'
  | 'Peers and messages'
  | 'Pages and proxies'
  | 'Authentication'
  | 'ICE servers'
  | 'Limits for messages'
  | 'Limits for absent peers'
  | 'Limits for memory'
  | 'Limits for connections'
  | 'Cluster'
  | 'Monitoring'
  | 'Administration'
  | 'Log'
  | 'Command line';

/** The definition of one option, for the parsers of all sources, the help and docs/options.md. */
export interface Option<Value, Given = Value> extends ValueType<Value, Given> {
  readonly group: Group;
  readonly scope: Scope;
  readonly short?: string;
  readonly description: string;
  /** The effect for clients, such as the response at the limit. */
  readonly effect?: string;
  readonly default: Value;
  /** The default of the hardened profile, if it differs. */
  readonly hardened?: Value;
  /** Environment variables beside SIGNALBOX_‹NAME›, in descending order of precedence. */
  readonly env: readonly string[];
  /** Whether the option takes all arguments up to the next flag, as with `peer`. */
  readonly isGreedy?: boolean;
  /** Dialects of which one must be served for the option to have an effect; undefined for any. */
  readonly dialects?: readonly string[];
}

interface OptionTraits<Value> {
  readonly group: Group;
  readonly scope?: Scope;
  readonly short?: string;
  readonly description: string;
  readonly effect?: string;
  readonly default: Value;
  readonly hardened?: Value;
  readonly env?: readonly string[];
  readonly isGreedy?: boolean;
  readonly dialects?: readonly string[];
}

export function option<Value, Given>(kind: ValueType<Value, Given>, traits: OptionTraits<NoInfer<Value>>): Option<Value, Given> {
  return { scope: 'everywhere', env: [], ...kind, ...traits };
}

/** The longest delay of a timer. */
export const LONGEST_MS = 2 ** 31 - 1;

interface IntegerBounds {
  readonly unit: Unit;
  readonly min: number;
  readonly max: number;
  readonly placeholder?: string;
}

const PLACEHOLDERS: Readonly<Record<Unit, string>> = { ms: '<ms>', s: '<s>', bytes: '<bytes>', '': '<count>' };

/** A whole number. */
export function integer({ unit, min, max, placeholder = PLACEHOLDERS[unit] }: IntegerBounds): ValueType<number, number | string> {
  const isWithin = (value: number): boolean => Number.isInteger(value) && value >= min && value <= max;
  return {
    takes: 'one',
    placeholder,
    allowed: `a whole number${unit === '' ? '' : ` of ${unit === 's' ? 'seconds' : unit}`} from ${min} to ${max}`,
    unit,
    read(raw) {
      const value = typeof raw === 'string' && /^\d{1,15}$/.test(raw) ? Number(raw) : raw;
      return typeof value === 'number' && isWithin(value) ? accepted(value) : refused(raw);
    },
  };
}

interface TextForm {
  readonly placeholder: string;
  readonly allowed: string;
  /** Undefined for a text that is not allowed. */
  readonly parse: (text: string) => string | undefined;
}

/** A text of a given form. */
export function text({ placeholder, allowed, parse }: TextForm): ValueType<string> {
  return {
    takes: 'one',
    placeholder,
    allowed,
    read(raw) {
      const value = typeof raw === 'string' ? parse(raw) : undefined;
      return value === undefined ? refused(raw) : accepted(value);
    },
  };
}

/** A type whose default is no value. */
export function maybe<Value, Given>(kind: ValueType<Value, Given>): ValueType<Value | undefined, Given> {
  return kind;
}

/** Several texts of one form, without duplicates. */
export function list({ placeholder, allowed, parse }: TextForm): ValueType<readonly string[], string | readonly string[]> {
  return {
    takes: 'many',
    placeholder,
    allowed,
    read(raw) {
      const values = new Set<string>();
      for (const item of [raw].flat()) {
        const value = typeof item === 'string' ? parse(item) : undefined;
        if (value === undefined) return refused(item);
        values.add(value);
      }
      return accepted([...values]);
    },
  };
}

const YES = new Set(['true', '1', 'yes', 'on']);
const NO = new Set(['false', '0', 'no', 'off']);

/** True or false. The name alone sets true. */
export function flag(): ValueType<boolean, boolean | string> {
  return {
    takes: 'none',
    placeholder: '',
    allowed: 'true or false',
    read(raw) {
      const word = String(raw).toLowerCase();
      if (raw === true || (typeof raw === 'string' && YES.has(word))) return accepted(true);
      if (raw === false || (typeof raw === 'string' && NO.has(word))) return accepted(false);
      return refused(raw);
    },
  };
}

/** One of several words, in any case. @param synonyms other words with the same meaning. */
export function choice<const Word extends string>(
  words: readonly Word[],
  synonyms: Readonly<Record<string, Word>> = {},
): ValueType<Word, Word | Uppercase<Word>> {
  const meant = new Map<unknown, Word>([...Object.entries(synonyms), ...words.map((word) => [word, word] as const)]);
  return {
    takes: 'one',
    placeholder: `<${words.join('|')}>`,
    allowed: `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`,
    read(raw) {
      const word = meant.get(typeof raw === 'string' ? raw.toLowerCase() : raw);
      return word === undefined ? refused(raw) : accepted(word);
    },
  };
}

/** Several of the words, without duplicates, in the order of `words`. */
export function choices<const Word extends string>(
  words: readonly Word[],
): ValueType<readonly Word[], string | readonly string[]> {
  return {
    takes: 'many',
    placeholder: '<names>',
    allowed: `some of ${words.join(', ')}`,
    read(raw) {
      const named = new Set<unknown>();
      for (const item of [raw].flat()) {
        const parts = typeof item === 'string' ? item.split(',') : [item];
        for (const part of parts) named.add(typeof part === 'string' ? part.trim().toLowerCase() : part);
      }
      const unknown = [...named].find((name) => !words.includes(name as Word));
      if (unknown !== undefined || named.size === 0) return refused(unknown ?? raw);
      return accepted(words.filter((word) => named.has(word)));
    },
  };
}
