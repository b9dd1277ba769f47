import type { IssuedToken, TokenOutcome } from '../../../application/ports/token-verifier.ts';
import type { NamePattern } from '../../../domain/name-patterns.ts';
import type { AccessRefusal } from '../../../domain/refusal.ts';
import { accepted, refused } from '../../../domain/result.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import type { DecodedToken } from './decode.ts';
import type { FoundKeys, KeySource } from './key-source.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** The conditions for the tokens of one issuer. */
export interface IssuerSettings {
  /** The required claim `iss`; undefined for any, and for none. */
  readonly name: string | undefined;
  readonly keys: KeySource;
  /** A value that a claim `aud` must contain; undefined if the claim is not read. */
  readonly audience: string | undefined;
  /** Whether a token without `aud` is refused. */
  readonly needsAudience: boolean;
  readonly needsExpiry: boolean;
  /** A difference of the clocks that is allowed for `exp` and `nbf`. */
  readonly leeway: Millis;
  readonly realms: readonly NamePattern[] | undefined;
}

/** The failed check of a token, for the log. */
export type FailedCheck = 'form' | 'issuer' | 'key' | 'algorithm' | 'signature' | 'exp' | 'nbf' | 'audience';

export function invalid(detail: FailedCheck): { readonly ok: false; readonly refusal: AccessRefusal } {
  return refused({ reason: 'token-invalid', detail });
}

/** Verifies the tokens of one issuer. Signatures are cached; time and audience are checked on each use. */
export class Issuer {
  readonly #settings: IssuerSettings;
  readonly #unixTime: () => Millis;
  readonly #verified = new VerifiedTokens();

  constructor(settings: IssuerSettings, unixTime: () => Millis) {
    this.#settings = settings;
    this.#unixTime = unixTime;
  }

  verify(token: string, decoded: DecodedToken, answer: (outcome: TokenOutcome) => void): void {
    const { kid, alg } = decoded.header;
    if (typeof alg !== 'string') return answer(invalid('form'));
    this.#settings.keys.find({ kid, alg }, (keys) => answer(this.#judge(token, decoded, alg, keys)));
  }

  #judge(token: string, { header, payload }: DecodedToken, alg: string, keys: FoundKeys): TokenOutcome {
    if (keys === 'unreachable') return refused({ reason: 'authorizer-unreachable' });
    if (keys.length === 0) return invalid('key');
    const usable = keys.filter(({ algorithms }) => algorithms.includes(alg));
    if (usable.length === 0) return invalid('algorithm');
    if (!this.#verified.has(token, usable)) {
      const key = usable.find((one) => one.verifies(token));
      if (key === undefined) return invalid('signature');
      this.#verified.keep(token, key);
    }
    const lifetime = this.#lifetimeOf(payload);
    if (typeof lifetime !== 'number') return lifetime;
    if (!this.#isForAudience(payload['aud'])) return invalid('audience');
    const { iss } = payload;
    const { realms } = this.#settings;
    const issued: IssuedToken = {
      ...{ type: typeOf(header['typ']), claims: payload, lifetime, realms },
      issuer: typeof iss === 'string' ? iss : '',
    };
    return accepted(issued);
  }

  /** RFC 7519, 4.1.4 and 4.1.5. */
  #lifetimeOf(payload: DecodedToken['payload']): Millis | ReturnType<typeof invalid> {
    const { leeway, needsExpiry } = this.#settings;
    const now = this.#unixTime();
    const until = timeClaim(payload, 'exp', NEVER);
    const from = timeClaim(payload, 'nbf', 0);
    if (until === undefined || (needsExpiry && until === NEVER)) return invalid('exp');
    if (from === undefined) return invalid('nbf');
    const lifetime = Math.floor(until + leeway - now);
    if (lifetime <= 0) return refused({ reason: 'token-expired' });
    return now < from - leeway ? refused({ reason: 'token-early' }) : lifetime;
  }

  #isForAudience(aud: unknown): boolean {
    const { audience, needsAudience } = this.#settings;
    if (audience === undefined) return true;
    if (aud === undefined) return !needsAudience;
    return Array.isArray(aud) ? aud.includes(audience) : aud === audience;
  }
}

/** A claim in seconds, as milliseconds since 1970. @returns undefined if it is not a finite number. */
function timeClaim(payload: DecodedToken['payload'], claim: 'exp' | 'nbf', fallback: number): number | undefined {
  if (!Object.hasOwn(payload, claim)) return fallback;
  const seconds = payload[claim];
  return typeof seconds === 'number' && Number.isFinite(seconds * 1000) ? seconds * 1000 : undefined;
}

/** RFC 7515, 4.1.9: in lower case and without `application/`. */
function typeOf(typ: unknown): string | undefined {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : undefined;
}
