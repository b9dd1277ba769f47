import { allowedOrigin, type OriginPolicy } from '../domain/origins.ts';
import type { Header } from './http-responses.ts';
import type { HttpRequest } from './ports/http.ts';
import type { HttpRoute } from './ports/requests.ts';

/** H5, H6, MER8: sent with every response, also errors, so that pages can read them. */
export function corsHeaders(origins: OriginPolicy, request: HttpRequest, route: HttpRoute | undefined): Header[] {
  if (origins.allow === 'silent') return [];
  const readable = allowedOrigin(origins, request.header('origin'));
  const allowed: Header[] = readable === undefined ? [] : [['access-control-allow-origin', readable]];
  // Browsers send no cookies if `*` is allowed.
  if (origins.allow === 'any') return allowed;
  // MER10: credentials are allowed for listed origins only. Other pages must not read responses that depend on a cookie.
  if (readable !== undefined && origins.allow === 'listed' && route?.takesCookies === true) {
    allowed.push(['access-control-allow-credentials', 'true']);
  }
  return [...allowed, ['vary', 'Origin']];
}
