import { describe, expect, it } from 'vitest';
import { shown } from '../../../../src/composition/configuration/reading.ts';

describe('a value in a message', () => {
  it('is quoted if it is text, else it is JSON', () => {
    const values = ['abc', '', 'a"b', 7, true, null, undefined, ['a', 1], {}];
    expect(values.map(shown)).toEqual(["'abc'", "''", `'a"b'`, '7', 'true', 'null', 'undefined', '["a",1]', '{}']);
  });

  it('is hidden if it looks like a secret or may contain one', () => {
    const secrets = ['-----BEGIN PRIVATE KEY-----', 'redis://:sesame@host', '{"k":"sesame"}', 'eyJhbGciOiJIUzI1NiJ9.e30.x'];
    const HIDDEN = 'hidden, because it may contain a secret';
    for (const secret of [...secrets, ['a', secrets[1]], [{ k: 'sesame' }]]) expect(shown(secret)).toBe(HIDDEN);
    expect(shown({ k: 'sesame' })).toBe('an object');
    expect(shown('https://example.org/a@b')).toBe("'https://example.org/a@b'");
  });

  it('stays on one line', () => expect(shown('a\nb\u001B')).toBe("'a\\nb\\u001b'"));

  it('is cut to 60 characters', () => {
    expect(shown('x'.repeat(1000))).toBe(`'${'x'.repeat(59)}…'`);
    expect(shown(Array.from({ length: 1000 }, () => 1))).toHaveLength(60);
  });

  it('is the name of its type if it has no JSON form', () => {
    expect([shown(() => 1), shown(Symbol('a')), shown(1n)]).toEqual(['a function', 'a symbol', 'a bigint']);
  });
});
