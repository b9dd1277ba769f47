import type { AccessOutcome, AccessRequest, Authorizer } from '../../../application/ports/authorizer.ts';
import type { TokenOutcome, TokenVerifier } from '../../../application/ports/token-verifier.ts';
import { OPEN_GRANT } from '../../../domain/grant.ts';
import type { NamePattern } from '../../../domain/name-patterns.ts';
import { accepted, refused } from '../../../domain/result.ts';
import { NEVER } from '../../../domain/time.ts';
import { readClaims, type IdClaim } from './claims.ts';

export interface JwtAuthorizerSettings {
  /** A1: whether a client without a JSON Web Token is refused. */
  readonly isRequired: boolean;
  readonly idClaim: IdClaim;
  readonly reservedIds: readonly NamePattern[];
  /** A5: whether the grant ends with the token. */
  readonly endsAtExpiry: boolean;
}

/** A1, A2: grants access by JSON Web Tokens. */
export class JwtAuthorizer implements Authorizer {
  /** A2: the header with the token, which the caller reads. */
  readonly headers = ['authorization'];
  readonly #verifier: TokenVerifier;
  readonly #settings: JwtAuthorizerSettings;

  constructor(verifier: TokenVerifier, settings: JwtAuthorizerSettings) {
    this.#verifier = verifier;
    this.#settings = settings;
  }

  authorize({ token }: AccessRequest, answer: (outcome: AccessOutcome) => void): void {
    if (token === undefined || !isTokenLike(token)) return answer(this.#outcomeWithoutToken());
    this.#verifier.verify(token, (outcome) => answer(this.#outcomeOf(outcome)));
  }

  #outcomeWithoutToken(): AccessOutcome {
    const { isRequired, reservedIds } = this.#settings;
    return isRequired ? refused({ reason: 'token-missing' }) : accepted({ ...OPEN_GRANT, reservedIds });
  }

  #outcomeOf(outcome: TokenOutcome): AccessOutcome {
    if (!outcome.ok) return outcome;
    const { isRequired, idClaim, reservedIds, endsAtExpiry } = this.#settings;
    const read = readClaims(outcome.value, idClaim);
    if (!read.ok) return read;
    const { mayDiscover = !isRequired, ...claimed } = read.value;
    return accepted({ ...claimed, mayDiscover, reservedIds, lifetime: endsAtExpiry ? outcome.value.lifetime : NEVER });
  }
}

/** A1: two dots or more after a segment that is a JSON object in base64url. Tokens of the PeerJS client have no dots. */
export function isTokenLike(token: string): boolean {
  if (!/^[\w-]+\.[\w-]*\.[\w.-]*$/.test(token)) return false;
  const header = Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString();
  return header.trimStart().startsWith('{');
}
