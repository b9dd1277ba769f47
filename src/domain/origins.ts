/**
 * The web origins that may use the broker (CORS). `echoed`: all, the response repeats the origin. `any`: all, the response has
 * `*`. `listed`: those on a list. `silent`: no CORS headers, so that browsers allow the broker's own origin only.
 */
export type OriginPolicy =
  | { readonly allow: 'echoed' }
  | { readonly allow: 'any' }
  | { readonly allow: 'silent' }
  | { readonly allow: 'listed'; readonly isListed: (origin: string) => boolean };

/** H5, H6: the value of `Access-Control-Allow-Origin` for a page of `origin`; undefined for no header. */
export function allowedOrigin(policy: OriginPolicy, origin: string | undefined): string | undefined {
  if (policy.allow === 'any') return '*';
  if (origin === undefined || policy.allow === 'silent') return undefined;
  if (policy.allow === 'echoed') return origin;
  return policy.isListed(origin) ? origin : undefined;
}

/** O10: with a list of origins, a foreign page may neither open a socket or stream nor send a request that changes state. */
export function mayOpenSocket(policy: OriginPolicy, request: PageRequest): boolean {
  return policy.allow !== 'listed' || pageOf(policy, request) !== 'foreign';
}

/** The origin of a request. `none`: not a web page, or a page that cannot read the response. */
export type Page = 'none' | 'own' | 'listed' | 'foreign';

interface PageRequest {
  header(name: 'origin' | 'host' | 'sec-fetch-site'): string | undefined;
}

/**
 * O10, MER10: decides whether a page may connect, and whether its cookie is accepted. A page is the broker's own only by IP
 * address or `localhost`, because the owner of a page can point any other name in `Host` at the broker (DNS rebinding).
 */
export function pageOf(policy: OriginPolicy, request: PageRequest): Page {
  const origin = request.header('origin');
  if (origin === undefined) return request.header('sec-fetch-site') === 'cross-site' ? 'foreign' : 'none';
  if (policy.allow === 'listed' && policy.isListed(origin)) return 'listed';
  const host = request.header('host')?.toLowerCase() ?? '';
  return FIXED_HOST.test(host) && OWN_SCHEMES.some((scheme) => origin === `${scheme}://${host}`) ? 'own' : 'foreign';
}

const OWN_SCHEMES = ['http', 'https'] as const;
const FIXED_HOST = /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\]|([a-z\d-]+\.)*localhost)(:\d{1,5})?$/;
