import { describe, expect, it } from 'vitest';
import {
  claimText,
  reservedIds,
  tokenKeys,
  trustedIssuers,
  webAddress,
} from '../../../../src/composition/configuration/auth-option-types.ts';
import { HIDDEN, UnusableSecret, type ValueType } from '../../../../src/composition/configuration/option.ts';
import { EC, jwkOf, pemOf, RSA, SECRET } from '../../../support/tokens.ts';

const OTHER = 'another secret of the tests, long enough too';

function read(type: ValueType<unknown, unknown>, raw: unknown): unknown {
  const value = type.read(raw);
  if (value.ok) return value.value;
  return value.refusal instanceof UnusableSecret ? `refused: ${value.refusal.what}` : value.refusal;
}

describe('A2: auth_key', () => {
  const { separate = expect.fail, ...type } = tokenKeys();

  it('is trimmed, and listed once', () => {
    expect(read(type, [`\n ${SECRET}\r\n`, SECRET, `\uFEFF${pemOf(EC.publicKey)}`])).toEqual([
      SECRET,
      pemOf(EC.publicKey).trim(),
    ]);
    expect(read(type, SECRET)).toEqual([SECRET]);
  });

  it.each([
    ['short', 'a shared secret of 5 bytes'],
    ['', 'empty'],
    [RSA.privateKey.export({ type: 'pkcs8', format: 'pem' }), 'a private key'],
    [`BEGIN ${SECRET}`, 'a PEM that is incomplete'],
    [JSON.stringify({ keys: [] }), 'a JWK set'],
    ['https://login.example.org/keys', 'a URL'],
  ])('names what is wrong with %j, and does not show it', (text, why) => {
    expect(read(type, [SECRET, text])).toBe(`refused: ${why}`);
  });

  it.each([[[1]], [[null]], [[[]]]])('hides %j', (raw) => expect(read(type, raw)).toBe(HIDDEN));

  it('has at most 8 keys', () =>
    expect(
      read(
        type,
        Array.from({ length: 9 }, (_, n) => `${SECRET}${n}`),
      ),
    ).toBe('refused: 9 keys'));

  it('is separated by commas in the environment, outside of a JWK', () => {
    const jwk = JSON.stringify(jwkOf(EC.publicKey));
    expect(separate(`${jwk}, ${OTHER.replaceAll(',', '')} ,${pemOf(EC.publicKey)},${jwk}`)).toEqual([
      ...[jwk, OTHER.replaceAll(',', ''), pemOf(EC.publicKey).trim(), jwk],
    ]);
  });
});

describe('A10: auth_jwks', () => {
  it.each([
    'https://login.example.org/keys?v=1',
    'http://127.0.0.1:1/keys',
    'http://localhost/keys',
    'http://[::1]:9/keys',
    'HTTPS://a/',
  ])('allows %j', (url) => expect(read(webAddress(), url)).toBe(url));

  it.each([
    'http://login.example.org/keys',
    'http://127.0.0.1.example.org/',
    'http://localhost.example.org/',
    'ftp://a/',
    'file:///etc/passwd',
    'https://a:b@c/',
    'https://a/#b',
    '/keys',
    '',
    1,
  ])('refuses %j', (url) => expect(webAddress().read(url).ok).toBe(false));

  it('says to use https', () => expect(webAddress().hint?.('http://a/')).toBe('use https'));
});

describe('A2: auth_issuer and auth_audience', () => {
  const type = claimText('<issuer>', 'a text');
  it.each(['https://login.example.org/', 'x'.repeat(256), ' '])('allow %j', (value) => expect(read(type, value)).toBe(value));
  it.each(['', 'x'.repeat(257), 'a\n', '\uD800', 1])('refuse %j', (value) => expect(type.read(value).ok).toBe(false));
});

describe('A3: reserved_ids', () => {
  it.each(['support', 'team-*', '*'])('allows %j', (id) => expect(read(reservedIds(), id)).toEqual([id]));
  it.each(['', 'a*b', '**', 'a\n'])('refuses %j', (id) => expect(reservedIds().read(id).ok).toBe(false));
});

describe('A2: auth_issuers', () => {
  const entry = { issuer: 'us', keys: [SECRET] };

  it('is a list, or its JSON text', () => {
    const issuers = [{ ...entry, audience: undefined, jwks: undefined, realms: undefined }];
    expect(read(trustedIssuers(), [entry])).toEqual(issuers);
    expect(read(trustedIssuers(), JSON.stringify([{ issuer: 'us', key: `${SECRET}\n` }]))).toEqual(issuers);
    const other = { issuer: 'them', jwks: 'https://a/', audience: 'x', realms: ['red', 'team-*'] };
    expect(read(trustedIssuers(), [other])).toEqual([{ ...other, keys: [] }]);
  });

  it.each([
    [[1], 'a list whose entry 1 has another type than an object'],
    [[entry, { ...entry, realm: ['x'] }], 'a list whose entry 2 has a member other than issuer, keys, jwks, audience and realms'],
    [[{ keys: [SECRET] }], 'a list whose entry 1 has no text as issuer'],
    [[{ issuer: 'us' }], 'a list whose entry 1 has not exactly one of keys and jwks'],
    [[{ ...entry, jwks: 'https://a/' }], 'a list whose entry 1 has not exactly one of keys and jwks'],
    [[{ ...entry, key: OTHER }], 'a list whose entry 1 has key and keys'],
    [[{ issuer: 'us', keys: ['short'] }], 'a list whose entry 1 has as a key a shared secret of 5 bytes'],
    [[{ issuer: 'us', keys: [1] }], 'a list whose entry 1 has as a key another type than a text'],
    [[{ issuer: 'us', jwks: 'http://a.example/' }], 'a list whose entry 1 has a jwks that is not an https URL'],
    [[{ ...entry, audience: '' }], 'a list whose entry 1 has an audience that is not a text'],
    [[{ ...entry, realms: 'red' }], 'a list whose entry 1 has realms that are not a list of texts'],
    [[entry, entry], 'a list that has an issuer twice'],
  ])('refuses %j with the reason', (raw, why) => expect(read(trustedIssuers(), raw)).toBe(`refused: ${why}`));

  it.each(['{', '{}', 1, {}, null, Array.from({ length: 65 }, () => entry)])('hides %j', (raw) =>
    expect(read(trustedIssuers(), raw)).toBe(HIDDEN),
  );
});
