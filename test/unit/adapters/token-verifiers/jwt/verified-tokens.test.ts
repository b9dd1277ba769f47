import { expect, it } from 'vitest';
import { signatureKey } from '../../../../../src/adapters/token-verifiers/jwt/signature-key.ts';
import { VerifiedTokens } from '../../../../../src/adapters/token-verifiers/jwt/verified-tokens.ts';
import { SECRET } from '../../../../support/tokens.ts';

const [key, other] = [1, 2].map(() => signatureKey({ key: SECRET, algorithms: ['HS256'] }));
const keys = key === undefined ? [] : [key];

it('A2: keeps a token for the key that verified it', () => {
  const tokens = new VerifiedTokens();
  tokens.keep('a', keys[0] ?? expect.fail());
  expect([tokens.has('a', keys), tokens.has('b', keys), tokens.has('a', other === undefined ? [] : [other])]).toEqual([
    true,
    false,
    false,
  ]);
});

it('A2: drops the least recently used token at its limit', () => {
  const tokens = new VerifiedTokens(2);
  for (const token of ['a', 'b']) tokens.keep(token, keys[0] ?? expect.fail());
  tokens.has('a', keys);
  tokens.keep('c', keys[0] ?? expect.fail());
  expect(['a', 'b', 'c'].map((token) => tokens.has(token, keys))).toEqual([true, false, true]);
});

it('A2: drops tokens beyond its length, and counts a repeated one once', () => {
  const tokens = new VerifiedTokens(100, 10);
  for (const token of ['aaaa', 'aaaa', 'bbbb']) tokens.keep(token, keys[0] ?? expect.fail());
  expect(['aaaa', 'bbbb'].map((token) => tokens.has(token, keys))).toEqual([true, true]);
  tokens.keep('cccc', keys[0] ?? expect.fail());
  expect(['aaaa', 'bbbb', 'cccc'].map((token) => tokens.has(token, keys))).toEqual([false, true, true]);
  tokens.keep('d'.repeat(11), keys[0] ?? expect.fail());
  expect(tokens.has('d'.repeat(11), keys)).toBe(false);
});
