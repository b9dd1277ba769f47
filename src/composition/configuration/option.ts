import { accepted, refused, type Result } from '../../domain/result.ts';

/** What kind of value an option has, and how such a value is read from text or from JSON. */
export interface ValueType<Value, Given = Value> {
  /** How many values the command line gives: `none` where the name alone may stand. */
  readonly takes: 'none' | 'one' | 'many';
  /** What stands for the value in the usage: `<port>`. */
  readonly placeholder: string;
  /** What is allowed, in words that follow "it must be". */
  readonly allowed: string;
  /** In what a number is counted. */
  readonly unit?: Unit;
  /** The refusal is the part that is not allowed. */
  read(raw: unknown): Result<Value, unknown>;
  /** The next step for a value that is refused, if there is one. */
  hint?(refusal: unknown): string | undefined;
  /** Never shown. */
  readonly isSecret?: boolean;
  /** Never set: the type that a program may give. */
  readonly given?: Given;
}

/** Stands for a value that is never shown. */
export const HIDDEN = Symbol('hidden');

/** Stands for a value that is never shown, and says what it is instead of what is allowed. */
export class UnusableSecret {
  readonly what: string;

  /** @param what a noun without any part of the value. */
  constructor(what: string) {
    this.what = what;
  }
}

/** `''` for a bare number. */
export type Unit = 'ms' | 'bytes' | '';

/** Where an option may stand: everywhere, wherever a start is asked for, or on the command line alone. */
export type Scope = 'everywhere' | 'outside the file' | 'command line';

export type Group =
  | 'Serving'
  | 'Dialects'
  | 'Limits for topics'
  | 'Peers and messages'
  | 'Pages and proxies'
  | 'Limits for messages'
  | 'Limits for absent peers'
  | 'Limits for memory'
  | 'Limits for connections'
  | 'Cluster'
  | 'Log'
  | 'Command line';

/** All about one option: every source of options, the usage and docs/options.md read it from here. */
export interface Option<Value, Given = Value> extends ValueType<Value, Given> {
  readonly group: Group;
  readonly scope: Scope;
  readonly short?: string;
  readonly description: string;
  /** What a client sees when it is hit, or what it changes for clients. */
  readonly effect?: string;
  readonly default: Value;
  /** The default of the hardened profile, where it is another one. */
  readonly hardened?: Value;
  /** Environment variables beside SIGNALBOX_‹NAME›, the stronger first. */
  readonly env: readonly string[];
  /** Whether it takes all arguments up to the next flag, as with `peer`. */
  readonly isGreedy?: boolean;
  /** Dialects of which one must be served for it to have an effect; undefined where that does not matter. */
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

/** The longest that a timer can wait. */
export const LONGEST_MS = 2 ** 31 - 1;

interface IntegerBounds {
  readonly unit: Unit;
  readonly min: number;
  readonly max: number;
  readonly placeholder?: string;
}

const PLACEHOLDERS: Readonly<Record<Unit, string>> = { ms: '<ms>', bytes: '<bytes>', '': '<count>' };

/** A whole number. */
export function integer({ unit, min, max, placeholder = PLACEHOLDERS[unit] }: IntegerBounds): ValueType<number, number | string> {
  const isWithin = (value: number): boolean => Number.isInteger(value) && value >= min && value <= max;
  return {
    takes: 'one',
    placeholder,
    allowed: `a whole number${unit === '' ? '' : ` of ${unit}`} from ${min} to ${max}`,
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

/** A text of some form. */
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

/** A kind whose default is that there is no value. */
export function maybe<Value, Given>(kind: ValueType<Value, Given>): ValueType<Value | undefined, Given> {
  return kind;
}

/** Several texts of one form; each counts once. */
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

/** True or false; its name alone says true. */
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

/** One of some words, in capitals too. @param synonyms words of others for them. */
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

/** Some of a few words, each once, in the order of `words`. */
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
