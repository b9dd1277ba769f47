import { expect, it } from 'vitest';
import { signatureKey } from '../../../../../src/adapters/token-verifiers/jwt/signature-key.ts';
import { hmacToken, SECRET } from '../../../../support/tokens.ts';

const key = signatureKey({ key: SECRET, algorithms: ['HS256'] });

it('A2: verifies the signature, and not the time', () => {
  expect(key.verifies(hmacToken({ exp: 1, nbf: 1e12 }))).toBe(true);
  expect(key.verifies(hmacToken({}, { secret: `${SECRET}!` }))).toBe(false);
});

it.each(['', 'x', 'e30.e30.AA', hmacToken({}, { header: { alg: 'HS384' } })])('A2: does not throw for %j', (token) =>
  expect(key.verifies(token)).toBe(false),
);
