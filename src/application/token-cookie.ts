import { pageOf, type OriginPolicy } from '../domain/origins.ts';

interface RequestWithHeaders {
  header(name: string): string | undefined;
}

/** The first name is accepted by browsers over TLS only. */
const NAMES = ['__Secure-signalbox_token', 'signalbox_token'] as const;

/**
 * A12: the token of a cookie, for a client that has given none. Only from a page of an origin that `cors` lists, because browsers
 * attach cookies to the requests of every page.
 */
export function cookieToken(origins: OriginPolicy, request: RequestWithHeaders): string | undefined {
  if (origins.allow !== 'listed') return undefined;
  const cookies = request.header('cookie');
  if (cookies === undefined || !cookies.includes('signalbox_token')) return undefined;
  return pageOf(origins, request) === 'listed' ? tokenIn(cookies) : undefined;
}

/** Of several cookies with one name the first, because browsers send the most specific one first. */
function tokenIn(cookies: string): string | undefined {
  const pairs = cookies.split(';').map((pair) => pair.trim());
  for (const name of NAMES) {
    const value = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
    if (value) return value;
  }
  return undefined;
}
