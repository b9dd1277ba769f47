import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { JwtAuthenticator } from '../../../../../src/adapters/authenticators/jwt/authenticator.ts';
import { readTokenKey } from '../../../../../src/adapters/token-verifiers/jwt/token-key.ts';
import { verifierOfKey } from '../../../../../src/composition/token-verification.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const derOf = (key: KeyObject): Buffer => Buffer.from(key.export({ type: 'spki', format: 'der' }));
const jwkOf = (key: KeyObject, more = {}): string => JSON.stringify({ ...key.export({ format: 'jwk' }), ...more });
const PEM = pemOf(rsa.publicKey);
const PRIVATE = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const kindOf = (text: string): unknown => {
  const read = readTokenKey(text);
  return read.ok ? read.value.algorithms.join(' ') : read.refusal;
};

const RSA = 'RS256 RS384 RS512 PS256 PS384 PS512';

describe('MER11: the form of a key determines its kind', () => {
  it.each([
    ['PEM', PEM],
    ['PEM after a line break', `\n${PEM}`],
    ['PEM after a byte order mark', `\uFEFF${PEM}`],
    ['PEM after a comment', `# the key of the hub\n${PEM}`],
    ['PEM between blanks', `   ${PEM}  \n`],
    ['PEM with Windows line ends', PEM.replaceAll('\n', '\r\n')],
    ['PEM on one line of an environment file', PEM.replaceAll('\n', '\\n')],
    ['PKCS #1 PEM', rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['JWK', jwkOf(rsa.publicKey)],
    ['JWK after a byte order mark', `\uFEFF ${jwkOf(rsa.publicKey, { kid: 'a', alg: 'HS256', use: 'sig' })}`],
  ])('accepts a public RSA key: %s', (_, text) => expect(kindOf(text)).toBe(RSA));

  it('allows only the algorithm of its curve for a public EC key, and EdDSA for Ed25519', () => {
    const ed = generateKeyPairSync('ed25519').publicKey;
    expect([kindOf(pemOf(ec.publicKey)), kindOf(jwkOf(ec.publicKey)), kindOf(pemOf(ed)), kindOf(jwkOf(ed))]).toEqual([
      'ES384',
      'ES384',
      'EdDSA',
      'EdDSA',
    ]);
  });

  it('requires a shared secret of at least 32 bytes', () => {
    const secret = '0123456789abcdef0123456789abcdef';
    expect([kindOf(secret), kindOf(secret.slice(1)), kindOf('é'.repeat(16)), kindOf(`${' '.repeat(40)}short`)]).toEqual([
      'HS256 HS384 HS512',
      'a shared secret of 31 bytes',
      'HS256 HS384 HS512',
      'a shared secret of 5 bytes',
    ]);
  });

  it.each([
    ['', 'empty'],
    [' \n ', 'empty'],
    [PRIVATE, 'a private key'],
    [`# comment\n${PRIVATE}`, 'a private key'],
    [`${PEM}${PRIVATE}`, 'a private key'],
    [jwkOf(rsa.privateKey), 'a private key'],
    [`${PEM}${PEM}`, 'more than one PEM'],
    [PEM.slice(0, 200), 'a PEM that is incomplete'],
    ['BEGIN of nothing, but longer than 32 bytes', 'a PEM that is incomplete'],
    [PEM.replace('MII', 'XII'), 'a PEM that cannot be read'],
    ['{"kty":"oct","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}', 'a symmetric JWK'],
    ['{"kty":"XYZ","n":"abcdefghijklmnopqrstuvwxyz0123456789"}', 'a JWK of an unknown type'],
    [JSON.stringify({ keys: [rsa.publicKey.export({ format: 'jwk' })] }), 'a JWK set'],
    ['{"kty":"RSA", and no more that is JSON, though it is long}', 'a JWK that is not valid JSON'],
    ['["one","two","three","four","five","six","seven"]', 'JSON that is not a JWK'],
    [derOf(rsa.publicKey).toString('base64'), 'a key without its BEGIN and END lines'],
    [derOf(rsa.publicKey).toString('hex'), 'a key without its BEGIN and END lines'],
    [derOf(ec.publicKey).toString('base64url'), 'a key without its BEGIN and END lines'],
    [Buffer.from(PEM).toString('base64'), 'a key without its BEGIN and END lines'],
    [`ssh-rsa ${'A'.repeat(100)} hub`, 'an SSH key'],
    ['https://issuer.example/.well-known/jwks.json', 'a URL'],
    ['/run/secrets/the-publisher-key-of-the-hub.pem', 'a file name'],
    [pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey), 'an RSA key of 1024 bits'],
    [pemOf(generateKeyPairSync('x25519').publicKey), 'a key of the type x25519'],
    [pemOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey), 'a key on the curve secp256k1'],
  ])('refuses %j', (text, why) => expect(kindOf(text)).toBe(why));

  it('rejects tokens that are signed with the text of a public key', () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'HS256' })}.${part({ mercure: { publish: ['*'] } })}`;
    for (const text of [PEM, `\n${PEM}`, `# hub\n${PEM}`, jwkOf(rsa.publicKey)]) {
      for (const key of [text, text.trim(), PEM]) {
        const token = `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
        expect(new JwtAuthenticator({ publisher: verifierOfKey(text) }).verify(token, 'publisher')).toBeUndefined();
      }
    }
  });
});
