import type { Authenticator, TokenUse, VerifiedToken } from '../../../application/ports/authenticator.ts';
import type { TokenOutcome, TokenVerifier } from '../../../application/ports/token-verifier.ts';
import type { AccessRefusal } from '../../../domain/refusal.ts';
import { refused } from '../../../domain/result.ts';

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

  verify(token: string, use: TokenUse, onRefused?: (refusal: AccessRefusal) => void): VerifiedToken | undefined {
    const verifier = this.#verifiers[use];
    const outcomes: TokenOutcome[] = [];
    verifier?.verify(token, (outcome) => outcomes.push(outcome));
    const [now = refused(verifier === undefined ? WITHOUT_KEY : PENDING)] = outcomes;
    if (now.ok) return now.value;
    onRefused?.(now.refusal);
    return undefined;
  }
}

const WITHOUT_KEY: AccessRefusal = { reason: 'token-invalid', detail: 'key' };
/** The key has to be fetched. */
const PENDING: AccessRefusal = { reason: 'authorizer-unreachable' };
