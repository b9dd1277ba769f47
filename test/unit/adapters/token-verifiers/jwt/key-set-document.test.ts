import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readKeySet } from '../../../../../src/adapters/token-verifiers/jwt/key-set-document.ts';
import { EC, ED, jwkOf, RSA, SECRET } from '../../../../support/tokens.ts';

const read = (...keys: unknown[]): ReturnType<typeof readKeySet> => readKeySet(JSON.stringify({ keys }));
const kids = (...keys: unknown[]): unknown => {
  const result = read(...keys);
  return result.ok ? result.value.keys.map(({ kid }) => kid) : result.refusal;
};

describe('A10: a key set', () => {
  it('has the RSA, EC and Ed25519 keys of the document', () => {
    const result = read(...[RSA, EC, ED].map(({ publicKey }, n) => jwkOf(publicKey, { kid: String(n), use: 'sig' })));
    expect(result.ok && result.value.keys.map(({ key }) => key.algorithms[0])).toEqual(['RS256', 'ES256', 'EdDSA']);
  });

  it.each([
    ['symmetric', { kty: 'oct', k: Buffer.from(SECRET).toString('base64url') }],
    [
      'symmetric, with the members of another kind',
      { ...jwkOf(RSA.publicKey), kty: 'oct', k: Buffer.from(SECRET).toString('base64url') },
    ],
    ['without a kind', { n: 'AAAA', e: 'AQAB' }],
    ['for encryption', jwkOf(RSA.publicKey, { use: 'enc' })],
    ['for wrapping', jwkOf(RSA.publicKey, { key_ops: ['wrapKey'] })],
    ['for an algorithm of another kind', jwkOf(RSA.publicKey, { alg: 'HS256' })],
    ['for encryption by its algorithm', jwkOf(RSA.publicKey, { alg: 'RSA-OAEP' })],
    ['private', jwkOf(RSA.privateKey)],
    ['too short', jwkOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)],
    ['for key agreement', jwkOf(generateKeyPairSync('x25519').publicKey)],
    ['on another curve', jwkOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey)],
    ['damaged', { kty: 'RSA', n: 7, e: [] }],
    ['with a kid that is no text', jwkOf(RSA.publicKey, { kid: 7 })],
    ['no object', 'key'],
    ['null', null],
  ])('skips a key that is %s', (_, jwk) => {
    const result = read(jwk, jwkOf(EC.publicKey, { kid: 'good' }));
    expect(result.ok && [result.value.keys.map(({ kid }) => kid), result.value.skipped]).toEqual([['good'], 1]);
  });

  it('limits a key to its algorithm', () => {
    const result = read(jwkOf(RSA.publicKey, { alg: 'PS256', key_ops: ['verify'] }));
    expect(result.ok && result.value.keys[0]?.key.algorithms).toEqual(['PS256']);
  });

  it('is refused with more than 32 keys', () => {
    const jwk = jwkOf(EC.publicKey);
    expect(read(...Array.from({ length: 32 }, () => jwk)).ok).toBe(true);
    expect(kids(...Array.from({ length: 33 }, () => jwk))).toBe('the set has 33 keys; at most 32 are allowed');
  });

  it.each(['', '[]', 'null', '{}', '{"keys":{}}', '"keys"', '<html>'])('%j is none', (text) =>
    expect(readKeySet(text).ok).toBe(false),
  );

  it('gives equal keys equal identities', () => {
    const [one, same, other] = [
      jwkOf(EC.publicKey),
      { x5t: 'more', ...jwkOf(EC.publicKey) },
      jwkOf(EC.publicKey, { kid: 'a' }),
    ].map((jwk) => {
      const result = read(jwk);
      return result.ok && result.value.keys[0]?.identity;
    });
    expect([one === same, one === other]).toEqual([true, false]);
  });
});
