import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Algorithm } from 'fast-jwt';
import { readTokenKey } from '../../adapters/token-verifiers/jwt/token-key.ts';
import { accepted, refused, type Result } from '../../domain/result.ts';

/** A key that signs tokens. */
export interface SigningKey {
  readonly key: string;
  readonly algorithm: Algorithm;
}

const CURVES: Readonly<Record<string, Algorithm>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/** Reads a shared secret or a private PEM. @returns the reason for any other text, without a part of it. */
export function readSigningKey(text: string): Result<SigningKey, string> {
  const trimmed = text.replaceAll('\uFEFF', '').trim();
  if (/PRIVATE KEY-----/.test(trimmed)) return fromPem(trimmed.replaceAll('\\n', '\n'));
  const read = readTokenKey(trimmed);
  if (!read.ok) return read;
  return read.value.algorithms.includes('HS256')
    ? accepted({ key: trimmed, algorithm: 'HS256' })
    : refused('a public key, which verifies tokens; sign them with the private key');
}

function fromPem(pem: string): Result<SigningKey, string> {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return refused('a private key that can not be read, or is encrypted');
  }
  const algorithm = algorithmOf(key);
  if (algorithm === undefined) return refused(`a private key of the type ${String(key.asymmetricKeyType)}`);
  return accepted({ key: key.export({ type: 'pkcs8', format: 'pem' }).toString(), algorithm });
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails: { namedCurve = '' } = {} }: KeyObject): Algorithm | undefined {
  if (asymmetricKeyType === 'rsa') return 'RS256';
  return asymmetricKeyType === 'ed25519' ? 'EdDSA' : CURVES[namedCurve];
}
