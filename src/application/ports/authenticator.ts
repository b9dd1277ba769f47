import type { Millis } from '../../domain/time.ts';

/** What a token is shown for. */
export type TokenUse = 'publisher' | 'subscriber';

/** A token whose signature holds and whose time has come and not passed. */
export interface VerifiedToken {
  /** The media type of its header, in small letters and without `application/`. */
  readonly type: string | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
  /** How long it still holds, from this call; NEVER for a token without an end. */
  readonly lifetime: Millis;
}

/** Verifies tokens. */
export interface Authenticator {
  /** MER7. Never throws. @returns undefined for a token that does not count, whatever is wrong with it. */
  verify(token: string, use: TokenUse): VerifiedToken | undefined;
}
