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

/**
 * O10: with a list of origins, a page of an unlisted origin may not open a socket. Allowed are also clients without an origin,
 * which are not web pages, and pages of the broker's own host.
 */
export function mayOpenSocket(policy: OriginPolicy, request: { header(name: 'origin' | 'host'): string | undefined }): boolean {
  if (policy.allow !== 'listed') return true;
  const origin = request.header('origin');
  if (origin === undefined || policy.isListed(origin)) return true;
  const host = request.header('host');
  return host !== undefined && origin.endsWith(`://${host}`);
}

/** The origin of a request. `none`: not a web page, or a page that cannot read the response. */
export type Page = 'none' | 'own' | 'listed' | 'foreign';

type PageHeader = 'origin' | 'host' | 'sec-fetch-site';

/**
 * MER10: decides whether a cookie is accepted. A page is the broker's own only by IP address or `localhost`, because the owner
 * of a page can point any other name in `Host` at the broker (DNS rebinding).
 */
export function pageOf(policy: OriginPolicy, request: { header(name: PageHeader): string | undefined }): Page {
  const origin = request.header('origin');
  if (origin === undefined) return request.header('sec-fetch-site') === 'cross-site' ? 'foreign' : 'none';
  if (policy.allow === 'listed' && policy.isListed(origin)) return 'listed';
  const host = request.header('host')?.toLowerCase() ?? '';
  return FIXED_HOST.test(host) && OWN_SCHEMES.some((scheme) => origin === `${scheme}://${host}`) ? 'own' : 'foreign';
}

const OWN_SCHEMES = ['http', 'https'] as const;
const FIXED_HOST = /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\]|([a-z\d-]+\.)*localhost)(:\d{1,5})?$/;
