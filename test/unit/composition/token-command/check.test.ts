import { describe, expect, it } from 'vitest';
import type { FetchKeySet } from '../../../../src/adapters/token-verifiers/jwt/fetch-key-set.ts';
import { check } from '../../../../src/composition/token-command/check.ts';
import { EC, hmacToken, jwkOf, NOW, OTHER_RSA, RSA, SECRET, signedToken } from '../../../support/tokens.ts';

const setOf =
  (...keys: unknown[]): FetchKeySet =>
  () =>
    Promise.resolve({ text: JSON.stringify({ keys }), cacheControl: '' });
const DOWN: FetchKeySet = () => Promise.reject(new Error('it responded 500'));
const JWKS = ['--jwks', 'https://a.example/keys'];
const isValid = async (args: readonly string[], fetch = DOWN): Promise<boolean> => (await check(args, NOW * 1000, fetch)).isValid;

describe('signalbox token check', () => {
  it('verifies with one of several keys', async () => {
    expect(await isValid([hmacToken({}), '--key', `${SECRET}!`, '--key', SECRET])).toBe(true);
    expect(await isValid([hmacToken({}), '--key', `${SECRET}!`])).toBe(false);
  });

  it('verifies with the key of its kid in a key set', async () => {
    const token = signedToken({}, RSA.privateKey, { kid: 'a' });
    const [own, other] = [jwkOf(RSA.publicKey, { kid: 'a' }), jwkOf(OTHER_RSA.publicKey, { kid: 'b' })];
    expect(await isValid([token, ...JWKS], setOf(other, own))).toBe(true);
    expect(await isValid([token, ...JWKS], setOf(other))).toBe(false);
    expect(await isValid([token, ...JWKS], setOf({ ...own, kid: 'c' }, jwkOf(EC.publicKey)))).toBe(false);
  });

  it.each([
    [[], 'give one token'],
    [['a', 'b'], 'give one token'],
    [['a', '--key', SECRET, ...JWKS], '--key and --jwks exclude each other'],
    [['a', '--key', 'canary'], /^--key is a shared secret of 6 bytes \(the value is not shown\); it must be /],
    [['a', '--jwks', 'http://a.example/'], /^--jwks must be an https URL/],
    [['a', ...JWKS], 'the key set of --jwks can not be fetched: it responded 500'],
    [['a', '--id', 'x'], '--id is not a flag of this command'],
  ])('refuses %j', async (args, message) => await expect(check(args, NOW, DOWN)).rejects.toThrow(message));

  it('reports a response that is no key set', async () => {
    const page: FetchKeySet = () => Promise.resolve({ text: '<html>', cacheControl: '' });
    await expect(check(['a', ...JWKS], NOW, page)).rejects.toThrow('can not be fetched: the response is not JSON');
  });
});
