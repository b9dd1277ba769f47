/**
 * Which web origins may use the broker. `echoed`: all, each told its own name; `any`: all, told
 * `*`; `listed`: those on a list; `silent`: no word about origins, so browsers keep to their own.
 */
export type OriginPolicy =
  | { readonly allow: 'echoed' }
  | { readonly allow: 'any' }
  | { readonly allow: 'silent' }
  | { readonly allow: 'listed'; readonly isListed: (origin: string) => boolean };

/** H5, H6: what a page of `origin` is told it may read; undefined for no word. */
export function allowedOrigin(policy: OriginPolicy, origin: string | undefined): string | undefined {
  if (policy.allow === 'any') return '*';
  if (origin === undefined || policy.allow === 'silent') return undefined;
  if (policy.allow === 'echoed') return origin;
  return policy.isListed(origin) ? origin : undefined;
}

/**
 * O10: where origins are listed, a page of another one may not open a socket. What sends no origin
 * is no page; and a page that the broker's own host served is none of another's.
 */
export function mayOpenSocket(policy: OriginPolicy, request: { header(name: 'origin' | 'host'): string | undefined }): boolean {
  if (policy.allow !== 'listed') return true;
  const origin = request.header('origin');
  if (origin === undefined || policy.isListed(origin)) return true;
  const host = request.header('host');
  return host !== undefined && origin.endsWith(`://${host}`);
}

/** Where a request comes from. `none`: from no page, or from one that can not read the answer. */
export type Page = 'none' | 'own' | 'listed' | 'foreign';

type PageHeader = 'origin' | 'host' | 'sec-fetch-site';

/**
 * MER10: what a cookie is worth. A page counts as the broker's own by its address or `localhost` only: any
 * other name in `Host` may be one that the owner of the page has pointed at the broker (DNS rebinding).
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
