import type { Authenticator, TokenUse, VerifiedToken } from '../../../application/ports/authenticator.ts';
import type { TokenOutcome, TokenVerifier } from '../../../application/ports/token-verifier.ts';

/** The verifier of each use. A use without a verifier accepts no token. */
export type TokenVerifiers = { readonly [Use in TokenUse]?: TokenVerifier | undefined };

/**
 * MER11: verifies the tokens of publishers and subscribers. A token whose key has to be fetched first is not accepted; its client
 * may try again.
 */
export class JwtAuthenticator implements Authenticator {
  readonly #verifiers: TokenVerifiers;

  constructor(verifiers: TokenVerifiers) {
    this.#verifiers = verifiers;
  }

  verify(token: string, use: TokenUse): VerifiedToken | undefined {
    const outcomes: TokenOutcome[] = [];
    this.#verifiers[use]?.verify(token, (outcome) => outcomes.push(outcome));
    const [now] = outcomes;
    return now?.ok === true ? now.value : undefined;
  }
}
