import { describe, expect, it } from 'vitest';
import { decodeToken } from '../../../../src/adapters/token-verifiers/jwt/decode.ts';
import { verifierOfKey } from '../../../../src/composition/token-verification.ts';
import { mint } from '../../../../src/composition/token-command/mint.ts';
import { EC, pemOf, SECRET } from '../../../support/tokens.ts';

const NOW = Math.floor(Date.now() / 1000);
const minted = (...args: string[]): string => mint(args, NOW, SECRET);

function isValid(token: string, key: string): boolean {
  let ok = false;
  verifierOfKey(key).verify(token, (outcome) => (ok = outcome.ok));
  return ok;
}

describe('signalbox token', () => {
  it('signs a token for an hour with the key of the environment', () => {
    const token = minted();
    expect(decodeToken(token)).toEqual({
      header: { alg: 'HS256', typ: 'JWT' },
      payload: { aud: 'signalbox', iat: NOW, exp: NOW + 3600 },
    });
    expect(isValid(token, SECRET)).toBe(true);
  });

  it('signs claims with a private key', () => {
    const pem = EC.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const flags = [
      '--key',
      pem,
      '--kid',
      'k',
      '--sub',
      'ann',
      '--issuer',
      'us',
      '--audience',
      'app',
      '--ttl',
      '15m',
      '--rate',
      '5',
    ];
    const token = minted(...flags, '--id', 'ann', '--realm', 'a', '--realm', 'b', '--discover');
    expect(decodeToken(token)).toEqual({
      header: { alg: 'ES256', typ: 'JWT', kid: 'k' },
      payload: {
        ...{ iss: 'us', sub: 'ann', aud: 'app', iat: NOW, exp: NOW + 900 },
        signalbox: { id: 'ann', realm: ['a', 'b'], discover: true, rate: 5 },
      },
    });
    expect(isValid(token, pemOf(EC.publicKey))).toBe(true);
  });

  it.each([
    [['--rate', '0'], "--rate is '0'; it must be a whole number of messages per second"],
    [['ann'], 'unexpected argument; quote a value that contains spaces'],
    [['--key', SECRET, '--key', SECRET], '--key is given twice; one key signs a token'],
    [
      ['--key', 'canary'],
      '--key is a shared secret of 6 bytes (the value is not shown); it must be a shared secret or a private PEM',
    ],
    [['--jwks', 'https://a/'], '--jwks is not a flag of this command'],
  ])('refuses %j', (args, message) => expect(() => minted(...args)).toThrow(message));

  it('needs a key', () =>
    expect(() => mint([], NOW, undefined)).toThrow('no key: give --key, or the variable SIGNALBOX_AUTH_KEY'));
});
