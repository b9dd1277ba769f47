import type { NamePattern } from '../../domain/name-patterns.ts';
import type { AccessRefusal } from '../../domain/refusal.ts';
import type { Result } from '../../domain/result.ts';
import type { VerifiedToken } from './authenticator.ts';

/** A verified token, and the limits of its issuer. */
export interface IssuedToken extends VerifiedToken {
  /** The claim `iss`; empty for a token without one. */
  readonly issuer: string;
  /** The realms for which the issuer may issue tokens; undefined for all. */
  readonly realms: readonly NamePattern[] | undefined;
}

/** A verified token, or the first check that failed. */
export type TokenOutcome = Result<IssuedToken, AccessRefusal>;

/** Verifies the tokens of configured issuers. */
export interface TokenVerifier {
  /**
   * A2: form, issuer, key, signature, time and audience, in this order. The first failure is the refusal. Calls `answer` exactly
   * once: from inside the call, unless a key has to be fetched. Never throws.
   */
  verify(token: string, answer: (outcome: TokenOutcome) => void): void;
}
