import type { HttpHead } from '../../../application/ports/requests.ts';

const COOKIE = 'mercureAuthorization';

/** Where a token stood. A cookie comes along with what other pages ask for, too. */
export interface ShownToken {
  readonly text: string;
  readonly isCookie: boolean;
}

/** MER7: the header, else the query (0.x), else the cookie. */
export function tokenIn(head: HttpHead): ShownToken | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(head.header('authorization') ?? '')?.[1];
  if (bearer !== undefined) return { text: bearer, isCookie: false };
  const query = new URLSearchParams(head.query).get('authorization');
  if (query !== null && query !== '') return { text: query, isCookie: false };
  const cookie = cookieIn(head.header('cookie') ?? '');
  return cookie === undefined ? undefined : { text: cookie, isCookie: true };
}

function cookieIn(header: string): string | undefined {
  for (const pair of header.split(';')) {
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    if (name.trim() === COOKIE && value.trim() !== '') return value.trim();
  }
  return undefined;
}
