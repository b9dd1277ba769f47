import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownerOf, Token } from '../../../src/domain/token.ts';

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

  it('M15: have the same proof exactly when they are the same text, and the proof does not contain it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        return (new Token(a).proof === new Token(b).proof) === (a === b);
      }),
    );
    expect(new Token('secret').proof).toMatch(/^[0-9a-f]{32}$/);
  });

  it('M15: own what was kept under their proof, and what was kept without one', () => {
    const token = new Token('mine');
    const owners = [undefined, token, new Token('mine'), ownerOf(token.proof), new Token('other')];
    expect(owners.map((owner) => token.owns({ owner }))).toEqual([true, true, true, true, false]);
  });
});
