import { createRequire } from 'node:module';
import type * as FastJwt from 'fast-jwt';
import type { TokenKey } from './token-key.ts';

/** The library is loaded on use, because most brokers have no keys. */
const load = createRequire(import.meta.url);

/** A key, ready to verify signatures. */
export interface SignatureKey {
  readonly algorithms: readonly string[];
  /** Whether the signature is valid, and its algorithm is one of the key. Never throws. */
  verifies(token: string): boolean;
}

/** The time claims are not checked here, because they are checked on each use of a cached signature. */
export function signatureKey({ key, algorithms }: TokenKey): SignatureKey {
  const { createVerifier } = load('fast-jwt') as typeof FastJwt;
  const verify = createVerifier({ key, algorithms, ignoreExpiration: true, ignoreNotBefore: true, cache: false }) as (
    token: string,
  ) => unknown;
  return {
    algorithms,
    verifies(token) {
      try {
        verify(token);
        return true;
      } catch {
        return false;
      }
    },
  };
}
