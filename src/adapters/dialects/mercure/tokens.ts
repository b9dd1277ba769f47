import type { HttpHead } from '../../../application/ports/requests.ts';

/** The cookie name of 1.0, which browsers accept over TLS only, before that of 0.x. */
const COOKIES = ['__Secure-mercure_access_token', 'mercureAuthorization'] as const;

/** The token of a request. A cookie is marked, because browsers also attach cookies to requests from other pages. */
export interface RequestToken {
  readonly text: string;
  readonly isCookie: boolean;
}

/** MER7: the header, else the query (0.x), else the cookie. @returns `malformed` for a Bearer header that is not one token. */
export function readToken(head: HttpHead): RequestToken | 'malformed' | undefined {
  const authorization = (head.header('authorization') ?? '').trim();
  if (/^Bearer(?: |$)/i.test(authorization)) {
    const text = authorization.slice('Bearer'.length).trim();
    return text === '' || /[\s,]/.test(text) ? 'malformed' : { text, isCookie: false };
  }
  const query = new URLSearchParams(head.query).get('authorization');
  if (query !== null && query !== '') return { text: query, isCookie: false };
  const cookie = cookieIn(head.header('cookie') ?? '');
  return cookie === undefined ? undefined : { text: cookie, isCookie: true };
}

/** The first of several cookies with the same name, because browsers send the most specific one first. */
function cookieIn(header: string): string | undefined {
  const found = new Map<string, string>();
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    const [name, value] = [pair.slice(0, Math.max(0, equals)).trim(), pair.slice(equals + 1).trim()];
    if (value !== '' && !found.has(name)) found.set(name, value);
  }
  return COOKIES.map((name) => found.get(name)).find((value) => value !== undefined);
}
