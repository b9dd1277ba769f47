import { createVerifier } from 'fast-jwt';
import type { Authenticator, TokenUse, VerifiedToken } from '../../../application/ports/authenticator.ts';
import { invariant } from '../../../domain/invariant.ts';
import { NEVER } from '../../../domain/time.ts';
import { readTokenKey } from './token-key.ts';

/** The configured key of each use: a shared secret, or a public key as PEM or JWK. */
export type TokenKeys = { readonly [Use in TokenUse]?: string | undefined };

type Verify = (token: string) => unknown;

const CACHED_TOKENS = 1000;

/**
 * Verifies JSON Web Tokens. The configured key determines the accepted algorithms; `none` is never accepted, and `kid`, `jwk`
 * and `jku` of a token are not read. Verified signatures are cached. `nbf` and `exp` are checked on every call.
 */
export class JwtAuthenticator implements Authenticator {
  readonly #verifiers: Partial<Record<TokenUse, Verify>> = {};

  /** @throws Bug for a text that `readTokenKey` refuses. */
  constructor(keys: TokenKeys) {
    for (const use of ['publisher', 'subscriber'] as const) {
      const text = keys[use];
      if (text === undefined) continue;
      const read = readTokenKey(text);
      invariant(read.ok, 'the configuration accepted the key');
      this.#verifiers[use] = createVerifier({ ...read.value, cache: CACHED_TOKENS, complete: true }) as Verify;
    }
  }

  verify(token: string, use: TokenUse): VerifiedToken | undefined {
    let decoded: unknown;
    try {
      decoded = this.#verifiers[use]?.(token);
    } catch {
      return undefined;
    }
    if (!isDecoded(decoded)) return undefined;
    const { header, payload } = decoded;
    const now = Date.now();
    const [from, until] = [timeClaim(payload, 'nbf', 0), timeClaim(payload, 'exp', NEVER)];
    if (from === undefined || until === undefined || now < from || now >= until) return undefined;
    return { type: typeOf(header), claims: payload, lifetime: until - now };
  }
}

interface Decoded {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

function isDecoded(value: unknown): value is Decoded {
  return isObject(value) && isObject(value['header']) && isObject(value['payload']);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A claim in seconds, as milliseconds since 1970. @returns undefined if it is not a number. */
function timeClaim(payload: Decoded['payload'], claim: 'exp' | 'nbf', fallback: number): number | undefined {
  if (!Object.hasOwn(payload, claim)) return fallback;
  const seconds = payload[claim];
  return typeof seconds === 'number' ? seconds * 1000 : undefined;
}

/** RFC 7515, 4.1.9: in lower case and without `application/`. */
function typeOf({ typ }: Decoded['header']): string | undefined {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : undefined;
}
