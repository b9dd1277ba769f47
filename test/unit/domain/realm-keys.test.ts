import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isKeyPattern, isValidKey, MAX_KEY_LENGTH, RealmKeys } from '../../../src/domain/realm-keys.ts';

describe('R1: keys of the configuration', () => {
  it.each(['peerjs', 'team-*', '*', '*-rooms', 'a*b', 'a b', 'é.>', '__proto__', 'x'.repeat(128)])('accepts %j', (key) =>
    expect(isValidKey(key)).toBe(true),
  );

  it.each(['', 'a/b', 'a\nb', 'a\u0000', '\ud800', '**', 'a*b*', 'x'.repeat(129)])('rejects %j', (key) =>
    expect(isValidKey(key)).toBe(false),
  );

  it('a key with * is a pattern', () => expect(['a', 'a*', '*'].map(isKeyPattern)).toEqual([false, true, true]));
});

describe('R1: keys that match a pattern', () => {
  const keys = new RealmKeys(['peerjs', 'team-*', '*.rooms', 'a*a']);
  const match = (key: string): string | undefined => keys.match(key);

  it('* stands for one or more characters', () => {
    expect([keys.literals, keys.hasPatterns, new RealmKeys(['peerjs']).hasPatterns]).toEqual([['peerjs'], true, false]);
    for (const key of ['team-1', 'team-*', 'team-team-', 'x.rooms', 'aba', 'aaa', 'team-1.rooms']) expect(match(key)).toBe(key);
    for (const key of ['team-', 'Team-1', 'xteam-1', '.rooms', 'aa', 'a', '', 'peerjs', 'toString']) {
      expect(match(key), key).toBeUndefined();
    }
  });

  it('no realm has a key with a slash, a control character, an unpaired surrogate, or of more than 128 characters', () => {
    for (const odd of ['/', '\n', '\r', '\u0000', '\u007f', '\u0085', '\ud800', '\udc00']) {
      expect(match(`team-${odd}`), JSON.stringify(odd)).toBeUndefined();
    }
    expect(match(`team-${'x'.repeat(MAX_KEY_LENGTH - 5)}`)).toHaveLength(MAX_KEY_LENGTH);
    expect(match(`team-${'x'.repeat(MAX_KEY_LENGTH - 4)}`)).toBeUndefined();
    for (const odd of ['.', ' ', '>', '*', '😀', ':', '{}', '%', '?']) expect(match(`team-${odd}`)).toBe(`team-${odd}`);
  });

  it('a pattern matches like a regular expression, for any text', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 4 });
    fc.assert(
      fc.property(part, part, fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 10 }), (prefix, suffix, key) => {
        const expected = new RegExp(`^${[prefix, suffix].map((text) => text.replaceAll('.', '\\.')).join('.+')}$`).test(key);
        expect(new RealmKeys([`${prefix}*${suffix}`]).match(key)).toBe(expected ? key : undefined);
      }),
    );
  });
});
