import { describe, expect, it } from 'vitest';
import {
  choice,
  flag,
  integer,
  type ValueType,
  list,
  maybe,
  option,
  text,
} from '../../../../src/composition/configuration/option.ts';

/** The value, or `no` and the refused part. */
function read(kind: ValueType<unknown, unknown>, raw: unknown): unknown {
  const outcome = kind.read(raw);
  return outcome.ok ? outcome.value : { no: outcome.refusal };
}

describe('a whole number', () => {
  const kind = integer({ unit: 'ms', min: 1, max: 100 });

  it('accepts a number or its digits within the limits', () => {
    for (const raw of [1, 100, '1', '100', '007']) expect(read(kind, raw)).toBe(Number(raw));
  });

  it('rejects all other values', () => {
    for (const raw of [0, 101, '0', '101', '', ' 1', '1e1', '0x1', '1.0', '-1', 1.5, NaN, true, null, undefined, [1], {}]) {
      expect(read(kind, raw), String(raw)).toEqual({ no: raw });
    }
  });

  it('describes its unit and its limits', () => {
    expect(kind.allowed).toBe('a whole number of ms from 1 to 100');
    expect(integer({ unit: '', min: 0, max: 9 }).allowed).toBe('a whole number from 0 to 9');
  });

  it('has a placeholder in the help', () => {
    expect(kind.placeholder).toBe('<ms>');
    expect(integer({ unit: '', min: 0, max: 9, placeholder: '<port>' }).placeholder).toBe('<port>');
  });
});

describe('a flag', () => {
  it('accepts true and false and their synonyms', () => {
    for (const raw of [true, 'true', 'True', '1', 'yes', 'ON']) expect(read(flag(), raw)).toBe(true);
    for (const raw of [false, 'false', 'FALSE', '0', 'no', 'off']) expect(read(flag(), raw)).toBe(false);
  });

  it('rejects all other values', () => {
    for (const raw of ['', 'maybe', 1, 0, null, undefined, [true]]) expect(read(flag(), raw)).toEqual({ no: raw });
  });
});

describe('a choice', () => {
  const kind = choice(['info', 'warn', 'error'], { warning: 'warn' });

  it('accepts its words and their synonyms in any case', () => {
    expect(['info', 'WARN', 'Warning', 'error'].map((raw) => read(kind, raw))).toEqual(['info', 'warn', 'warn', 'error']);
  });

  it('rejects all other values', () => {
    for (const raw of ['', 'information', 'constructor', 0, null, undefined, ['info']]) {
      expect(read(kind, raw)).toEqual({ no: raw });
    }
  });

  it('describes its words', () => {
    expect(kind.allowed).toBe('info, warn or error');
    expect(kind.placeholder).toBe('<info|warn|error>');
  });
});

const LETTERS = {
  placeholder: '<x>',
  allowed: 'letters',
  parse: (word: string) => (/^[a-z]+$/i.test(word) ? word.toLowerCase() : undefined),
};

describe('a text', () => {
  it('has the value that its form parses', () => expect(read(text(LETTERS), 'Abc')).toBe('abc'));

  it('rejects all other values', () => {
    for (const raw of ['', '1', 1, true, null, undefined, ['abc']]) expect(read(text(LETTERS), raw)).toEqual({ no: raw });
  });
});

describe('a list', () => {
  it('accepts one or more texts, without duplicates', () => {
    expect(read(list(LETTERS), 'a')).toEqual(['a']);
    expect(read(list(LETTERS), ['a', 'B', 'A'])).toEqual(['a', 'b']);
    expect(read(list(LETTERS), [])).toEqual([]);
  });

  it('refuses the invalid item', () => {
    expect(read(list(LETTERS), ['a', '1', '2'])).toEqual({ no: '1' });
    expect(read(list(LETTERS), ['a', 7])).toEqual({ no: 7 });
    expect(read(list(LETTERS), undefined)).toEqual({ no: undefined });
  });
});

describe('an option', () => {
  it('by default has all sources, and no variables of other programs', () => {
    const traits = { group: 'Log', description: 'Nothing.', default: false } as const;
    expect(option(flag(), traits)).toMatchObject({ scope: 'everywhere', env: [], takes: 'none', default: false });
    expect(option(maybe(flag()), { ...traits, scope: 'command line', env: ['X'] })).toMatchObject({
      scope: 'command line',
      env: ['X'],
    });
  });
});
