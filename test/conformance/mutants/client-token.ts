import { createHmac, timingSafeEqual } from 'node:crypto';

/** The rights of a client. Times are seconds since 1970. */
export interface Rights {
  /** The subject, or the text of the token. */
  readonly owner: string;
  readonly expiresAt: number;
  readonly ids: readonly string[];
  readonly keys: readonly string[];
  readonly mayList: boolean;
  readonly mayUseIce: boolean;
}

export type TokenProblem = 'missing' | 'invalid' | 'expired' | 'early';

const ALL = ['*'];
const CLAIMS = new Set(['id', 'realm', 'discover', 'ice', 'topics', 'rate']);

/** A1: true if the text has the form of a JSON Web Token. */
export function isJwt(text: string): boolean {
  const [head = '', ...rest] = text.split('.');
  return rest.length >= 2 && objectIn(head) !== undefined;
}

/** A2: the order of checks is form, signature, times, audience, claims. */
export function readClientToken(text: string, secret: string, now: number, leeway: number): Rights | TokenProblem {
  if (!isJwt(text)) return 'missing';
  if (!isVerified(text, secret)) return 'invalid';
  const [, body = ''] = text.split('.');
  const claims = objectIn(body);
  return claims === undefined ? 'invalid' : readClaims(text, claims, now, leeway);
}

/** The rights that verified claims give. */
export function readClaims(text: string, claims: Record<string, unknown>, now: number, leeway: number): Rights | TokenProblem {
  const { exp, nbf = 0, aud = 'signalbox', sub, signalbox = {} } = claims;
  if (typeof exp !== 'number' || typeof nbf !== 'number') return 'invalid';
  if (exp + leeway <= now) return 'expired';
  if (nbf - leeway > now) return 'early';
  if (![aud].flat().includes('signalbox') || typeof signalbox !== 'object' || signalbox === null) return 'invalid';
  if (Object.keys(signalbox).some((name) => !CLAIMS.has(name))) return 'invalid';
  const { id, realm, discover = false, ice = true } = signalbox as Record<string, unknown>;
  const [ids, keys] = [patternsIn(id), patternsIn(realm)];
  if (ids === undefined || keys === undefined) return 'invalid';
  const owner = typeof sub === 'string' ? `subject ${sub}` : text;
  return { owner, expiresAt: exp + leeway, ids, keys, mayList: discover === true, mayUseIce: ice !== false };
}

/** A3: an exact text, or a prefix before one `*` at the end. */
export function allows(patterns: readonly string[], text: string): boolean {
  return patterns.some((one) => (one.endsWith('*') ? text.startsWith(one.slice(0, -1)) : text === one));
}

/** The object in a part of a token. */
export function objectIn(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** True if the token is signed with HS256 and the secret. */
export function isVerified(token: string, secret: string): boolean {
  const [head = '', body = '', signature = ''] = token.split('.');
  if (objectIn(head)?.['alg'] !== 'HS256') return false;
  const expected = createHmac('sha256', secret).update(`${head}.${body}`).digest();
  const actual = Buffer.from(signature, 'base64url');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function patternsIn(claim: unknown): readonly string[] | undefined {
  if (claim === undefined) return ALL;
  const list: readonly unknown[] = [claim].flat();
  return list.every((one) => typeof one === 'string') ? list : undefined;
}
