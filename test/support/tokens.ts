import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** A shared secret of the tests. */
export const SECRET = 'a secret of the tests, long enough to be one';
/** Unix time of the tests, in seconds. */
export const NOW = 1_800_000_000;

type Members = Readonly<Record<string, unknown>>;

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token of any header and claims, with a valid HMAC. Claims without `exp` get one. */
export function hmacToken(claims: Members, { header = {}, secret = SECRET } = {}): string {
  const text = `${base64({ alg: 'HS256', ...header })}.${base64({ exp: NOW + 60, ...claims })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** A token signed with a private key: RS256, ES256 or EdDSA. */
export function signedToken(claims: Members, key: KeyObject, header: Members = {}): string {
  const { alg, hash, more } = METHODS[key.asymmetricKeyType ?? ''] ?? METHODS['rsa'] ?? expectMethod();
  const text = `${base64({ alg, ...header })}.${base64({ exp: NOW + 60, ...claims })}`;
  return `${text}.${sign(hash, Buffer.from(text), { key, ...more }).toString('base64url')}`;
}

const METHODS: Readonly<Record<string, { alg: string; hash: string | undefined; more: { dsaEncoding?: 'ieee-p1363' } }>> = {
  rsa: { alg: 'RS256', hash: 'sha256', more: {} },
  ec: { alg: 'ES256', hash: 'sha256', more: { dsaEncoding: 'ieee-p1363' } },
  ed25519: { alg: 'EdDSA', hash: undefined, more: {} },
};

function expectMethod(): never {
  throw new Error('no method for this kind of key');
}

export const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const OTHER_RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const ED = generateKeyPairSync('ed25519');

export function pemOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

export function jwkOf(key: KeyObject, more: Members = {}): Members {
  return { ...key.export({ format: 'jwk' }), ...more };
}
