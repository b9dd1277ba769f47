/** What a token is shown for. */
export type TokenUse = 'publisher' | 'subscriber';

/** Tells what a token claims, where it is genuine and its time has come and not passed. */
export interface Authenticator {
  /** MER7. Never throws. @returns the claims; undefined for a token that does not count, whatever is wrong with it. */
  claimsOf(token: string, use: TokenUse): unknown;
}
