import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Token } from '../../../src/domain/token.ts';

describe('tokens', () => {
  it('O4: match exactly when they are the same text', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => new Token(a).matches(new Token(b)) === (a === b)));
    fc.assert(fc.property(fc.string(), (a) => new Token(a).matches(new Token(a))));
  });

  it('O4: a beginning, a repetition or nothing does not match', () => {
    const token = new Token('abab');
    expect(['', 'ab', 'aba', 'ababab', 'abac', 'bbab'].map((text) => token.matches(new Token(text)))).not.toContain(true);
  });

  it('never print, and can be revealed', () => {
    const token = new Token('secret');
    expect(String(token) + JSON.stringify({ token }) + inspect(token, { showHidden: true })).not.toContain('secret');
    expect([String(token), JSON.stringify(token), token.reveal()]).toEqual(['[token]', '"[token]"', 'secret']);
  });
});
