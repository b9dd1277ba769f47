import type { TokenOutcome, TokenVerifier } from '../../../application/ports/token-verifier.ts';
import type { Millis } from '../../../domain/time.ts';
import { decodeToken } from './decode.ts';
import { invalid, Issuer, type IssuerSettings } from './issuer.ts';

const MAX_TOKEN_LENGTH = 8192;
/** A separator in the owner of an id is a control character, so no name may have one. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/**
 * A2: verifies JSON Web Tokens. The configuration determines the keys and their algorithms; `jwk`, `jku` and `x5u` of a token are
 * not read. The claim `iss` selects the issuer before its signature is verified, and nothing else does.
 */
export class JwtVerifier implements TokenVerifier {
  readonly #named = new Map<string, Issuer>();
  readonly #anyIssuer: Issuer | undefined;
  readonly #maxLength: number;

  /**
   * @param unixTime the wall clock, in milliseconds since 1970.
   * @param maxLength of a token in characters; longer ones are refused unread.
   */
  constructor(issuers: readonly IssuerSettings[], unixTime: () => Millis, maxLength: number = MAX_TOKEN_LENGTH) {
    this.#maxLength = maxLength;
    let anyIssuer: Issuer | undefined;
    for (const settings of issuers) {
      const issuer = new Issuer(settings, unixTime);
      if (settings.name === undefined) anyIssuer = issuer;
      else this.#named.set(settings.name, issuer);
    }
    this.#anyIssuer = anyIssuer;
  }

  verify(token: string, answer: (outcome: TokenOutcome) => void): void {
    const decoded = token.length > this.#maxLength ? undefined : decodeToken(token);
    if (decoded === undefined) return answer(invalid('form'));
    const issuer = this.#issuerNamed(decoded.payload['iss']);
    if (issuer === undefined) return answer(invalid('issuer'));
    issuer.verify(token, decoded, answer);
  }

  #issuerNamed(iss: unknown): Issuer | undefined {
    if (iss === undefined) return this.#anyIssuer;
    if (typeof iss !== 'string' || UNPRINTABLE.test(iss)) return undefined;
    return this.#named.get(iss) ?? this.#anyIssuer;
  }
}
