import { createVerifier } from 'fast-jwt';
import type { TokenKey } from './token-key.ts';

/** A key, ready to verify signatures. */
export interface SignatureKey {
  readonly algorithms: readonly string[];
  /** Whether the signature is valid, and its algorithm is one of the key. Never throws. */
  verifies(token: string): boolean;
}

/** The time claims are not checked here, because they are checked on each use of a cached signature. */
export function signatureKey({ key, algorithms }: TokenKey): SignatureKey {
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
