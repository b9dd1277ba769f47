import type { AccessRefusal } from '../../domain/refusal.ts';
import type { Millis } from '../../domain/time.ts';

/** The use that a request makes of its token. */
export type TokenUse = 'publisher' | 'subscriber';

/** A token with a valid signature that is neither expired nor used before its time. */
export interface VerifiedToken {
  /** The media type in the header of the token, in lower case and without `application/`. */
  readonly type: string | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Remaining lifetime from this call on; NEVER for a token without an expiry. */
  readonly lifetime: Millis;
}

/** Verifies tokens. */
export interface Authenticator {
  /**
   * MER7. Never throws.
   * @param onRefused A8: receives the first failed check, within the call.
   * @returns undefined for a token that must not be accepted, for any reason.
   */
  verify(token: string, use: TokenUse, onRefused?: (refusal: AccessRefusal) => void): VerifiedToken | undefined;
}
