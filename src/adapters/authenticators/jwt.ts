import { createPublicKey } from 'node:crypto';
import { createVerifier, type Algorithm } from 'fast-jwt';
import type { Authenticator, TokenUse } from '../../application/ports/authenticator.ts';

/** What a token may be signed with: a shared secret, or the public half of a key pair as PEM. */
export type TokenKeys = { readonly [Use in TokenUse]?: string | undefined };

const BY_SECRET: Algorithm[] = ['HS256', 'HS384', 'HS512'];
const BY_KEY_TYPE: Readonly<Record<string, Algorithm[]>> = {
  rsa: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ec: ['ES256', 'ES384', 'ES512'],
  ed25519: ['EdDSA'],
};
const REMEMBERED_TOKENS = 1000;

/** Believes JSON Web Tokens. The kind of key, not the token, says how it must be signed: `none` never counts. */
export class JwtAuthenticator implements Authenticator {
  readonly #verifiers: Partial<Record<TokenUse, (token: string) => unknown>> = {};

  /** @throws for a PEM that holds no public key of a known kind. */
  constructor(keys: TokenKeys) {
    for (const use of ['publisher', 'subscriber'] as const) {
      const key = keys[use];
      if (key === undefined) continue;
      this.#verifiers[use] = createVerifier({ key, algorithms: algorithmsFor(key), cache: REMEMBERED_TOKENS });
    }
  }

  claimsOf(token: string, use: TokenUse): unknown {
    try {
      return this.#verifiers[use]?.(token);
    } catch {
      return undefined;
    }
  }
}

/** Which signatures a key can check. @throws for a PEM that holds no public key of a known kind. */
export function algorithmsFor(key: string): Algorithm[] {
  if (!key.startsWith('-----BEGIN')) return BY_SECRET;
  const { asymmetricKeyType = '' } = createPublicKey(key);
  const algorithms = BY_KEY_TYPE[asymmetricKeyType];
  if (algorithms === undefined) throw new Error(`a key of the kind ${asymmetricKeyType} signs no tokens`);
  return algorithms;
}
