import { createPublicKey, generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { createSigner } from 'fast-jwt';
import { describe, expect, it } from 'vitest';
import { algorithmsFor, JwtAuthenticator } from '../../../../src/adapters/authenticators/jwt.ts';

const SECRET = 'a secret of the tests';
const SECOND = 1_000;
const signed = (payload: object, key = SECRET): string => createSigner({ key })(payload);
const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('MER7: tokens', () => {
  const authenticator = new JwtAuthenticator({ publisher: SECRET });

  it('are believed by the key of their use', () => {
    expect(authenticator.claimsOf(signed({ mercure: 1 }), 'publisher')).toMatchObject({ mercure: 1 });
    expect(authenticator.claimsOf(signed({}, 'another secret'), 'publisher')).toBeUndefined();
    expect(authenticator.claimsOf(signed({}), 'subscriber')).toBeUndefined();
  });

  it('count while their time is', () => {
    const now = Math.floor(Date.now() / SECOND);
    expect(authenticator.claimsOf(signed({ exp: now + 1000 }), 'publisher')).toBeDefined();
    expect(authenticator.claimsOf(signed({ exp: now - 1000 }), 'publisher')).toBeUndefined();
    expect(authenticator.claimsOf(signed({ nbf: now + 1000 }), 'publisher')).toBeUndefined();
  });

  it('without a signature never count', () => {
    const unsigned = `${base64({ alg: 'none', typ: 'JWT' })}.${base64({ mercure: { publish: ['*'] } })}.`;
    expect(authenticator.claimsOf(unsigned, 'publisher')).toBeUndefined();
  });

  it.each(['', 'x', 'a.b.c', '..', 'é.é.é', `${signed({})}x`])('%j is none', (token) =>
    expect(authenticator.claimsOf(token, 'publisher')).toBeUndefined(),
  );
});

describe('MER7: key pairs', () => {
  const pairOf = (kind: 'rsa' | 'ec' | 'ed25519'): KeyPairKeyObjectResult => {
    if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 });
    return kind === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  };
  const pem = (kind: 'rsa' | 'ec' | 'ed25519'): { publicKey: string; privateKey: string } => {
    const { publicKey, privateKey } = pairOf(kind);
    return {
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  };

  it.each(['rsa', 'ec', 'ed25519'] as const)('%s: what the private half signs, the public half believes', (kind) => {
    const { publicKey, privateKey } = pem(kind);
    const authenticator = new JwtAuthenticator({ subscriber: publicKey });
    expect(authenticator.claimsOf(signed({ mercure: 1 }, privateKey), 'subscriber')).toMatchObject({ mercure: 1 });
  });

  it('a public key is no shared secret: whoever knows it signs nothing', () => {
    const { publicKey } = pem('rsa');
    const [head, body] = [base64({ alg: 'HS256', typ: 'JWT' }), base64({ mercure: { publish: ['*'] } })];
    const forged = createSigner({ key: publicKey.replaceAll('-----', '') })({}).split('.')[2] ?? '';
    expect(new JwtAuthenticator({ publisher: publicKey }).claimsOf(`${head}.${body}.${forged}`, 'publisher')).toBeUndefined();
  });

  it('are of known kinds', () => {
    expect(algorithmsFor(pem('ec').publicKey)).toEqual(['ES256', 'ES384', 'ES512']);
    const strange = generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(createPublicKey(strange).asymmetricKeyType).toBe('x25519');
    expect(() => algorithmsFor(strange)).toThrow('x25519');
    expect(() => new JwtAuthenticator({ publisher: '-----BEGIN nonsense' })).toThrow();
  });
});
