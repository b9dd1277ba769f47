import { createHmac } from 'node:crypto';

/** The topics that a token allows: names, or `*` for all. */
export interface Claims {
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
}

/** An entry of `authorization_details`; any member may be missing or malformed. */
export type Detail = Readonly<Record<string, unknown>>;

/** Options for creating a token; the defaults are valid. */
interface TokenOptions {
  readonly algorithm?: 'HS256' | 'none';
  /** Expiry time, in seconds since 1970; in an hour by default. */
  readonly expires?: unknown;
  /** Start time, in seconds since 1970. */
  readonly notBefore?: number;
}

const HOUR_SECONDS = 3_600;
const DETAIL_TYPE = 'https://mercure.rocks/authorization-detail';

/** MER7: a JSON Web Token in the forms of Mercure 0.x and 1.0 at once, so that hubs of both versions accept it. */
export function createToken(secret: string, claims: Claims, options: TokenOptions = {}): string {
  const { algorithm = 'HS256', expires = inAnHour(), notBefore } = options;
  const details = (['publish', 'subscribe'] as const).flatMap((action) =>
    (claims[action] ?? []).map((topic) => topicDetail(action, topic)),
  );
  const payload = { mercure: claims, authorization_details: details, exp: expires, nbf: notBefore };
  return sign(secret, { alg: algorithm, typ: 'at+jwt' }, payload);
}

/** MER7: a token of Mercure 0.x: the claim `mercure`, and no expiry. */
export function createLegacyToken(secret: string, claims: Claims): string {
  return sign(secret, { alg: 'HS256', typ: 'JWT' }, { mercure: claims });
}

/** MER7: a token of Mercure 1.0 (RFC 9068 and RFC 9396). @param expires undefined: no expiry. */
export function createAccessToken(secret: string, details: readonly Detail[], expires?: number): string {
  return sign(secret, { alg: 'HS256', typ: 'at+jwt' }, { authorization_details: details, exp: expires });
}

/**
 * A2: a JSON Web Token of a client, valid for an hour unless the claims say otherwise. A claim that is undefined is left out.
 * @param algorithm of the header; `none` has no signature.
 */
export function createClientToken(secret: string, claims: Readonly<Record<string, unknown>> = {}, algorithm = 'HS256'): string {
  return sign(secret, { alg: algorithm, typ: 'JWT' }, { exp: inAnHour(), ...claims });
}

/** An action of Mercure 1.0 that a token allows for one topic. */
export function topicDetail(action: 'publish' | 'subscribe', match: string, matchType?: string): Detail {
  const topic = { match, ...(matchType === undefined ? {} : { match_type: matchType }) };
  return { type: DETAIL_TYPE, actions: [action], topics: [topic] };
}

/** In seconds since 1970. */
export function inAnHour(): number {
  return Math.floor(Date.now() / 1_000) + HOUR_SECONDS;
}

/** Members that are undefined are left out. */
function sign(secret: string, head: { readonly alg: string; readonly typ: string }, payload: object): string {
  const text = [head, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = head.alg === 'none' ? '' : createHmac('sha256', secret).update(text).digest('base64url');
  return `${text}.${signature}`;
}
