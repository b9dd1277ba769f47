import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODE_POINT } from '../../../src/contracts/dialects/code-points.ts';
import { ownerOf, Token } from '../../../src/domain/token.ts';

describe('Token', () => {
  it('O4: matches exactly the same text', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => new Token(a).matches(new Token(b)) === (a === b)));
    fc.assert(fc.property(fc.string(), (a) => new Token(a).matches(new Token(a))));
  });

  it('O4: does not match a prefix, a repetition or an empty text', () => {
    const token = new Token('abab');
    expect(['', 'ab', 'aba', 'ababab', 'abac', 'bbab'].map((text) => token.matches(new Token(text)))).not.toContain(true);
  });

  it('does not print the secret, and reveals it on request', () => {
    const token = new Token('secret');
    expect(String(token) + JSON.stringify({ token }) + inspect(token, { showHidden: true })).not.toContain('secret');
    expect([String(token), JSON.stringify(token), token.reveal()]).toEqual(['[token]', '"[token]"', 'secret']);
  });

  it('A4: matches by the granted owner, and no client can write such an identity', () => {
    const granted = new Token('first').ownedBy('j:issuer\0ann');
    expect(granted.matches(new Token('second').ownedBy('j:issuer\0ann'))).toBe(true);
    const secrets = ['first', 'j:issuer\0ann', 't:j:issuer\0ann'];
    expect(secrets.map((secret) => granted.matches(new Token(secret)))).not.toContain(true);
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => (new Token(a).identity === new Token(b).identity) === (a === b)));
  });

  it('I3, X6: knows its secret, also with a granted owner', () => {
    const granted = new Token('first').ownedBy('j:issuer\0ann');
    expect([granted.hasSecret('first'), granted.hasSecret('j:issuer\0ann'), granted.reveal()]).toEqual([true, false, 'first']);
  });

  it('M15: has the same proof exactly for the same text, and the proof does not contain it', () => {
    fc.assert(
      fc.property(fc.string({ unit: CODE_POINT }), fc.string({ unit: CODE_POINT }), (a, b) => {
        return (new Token(a).proof === new Token(b).proof) === (a === b);
      }),
    );
    expect(new Token('secret').proof).toMatch(/^[0-9a-f]{32}$/);
  });

  it('M15: owns entries with its proof, and entries without an owner', () => {
    const token = new Token('mine');
    const owners = [undefined, token, new Token('mine'), ownerOf(token.proof), new Token('other')];
    expect(owners.map((owner) => token.owns({ owner }))).toEqual([true, true, true, true, false]);
  });
});
