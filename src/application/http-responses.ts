import type { Millis } from '../domain/time.ts';
import type { HitLimit } from './ports/hit-limit.ts';
import type { HttpRequest, HttpResponse } from './ports/http.ts';

/** A response header. */
export type Header = readonly [name: string, value: string];

/** The type of every response that is no response of a dialect. */
export const PLAIN: Header = ['content-type', 'text/plain; charset=utf-8'];
/** An internal error. */
export const FAULT: HttpResponse = { status: 500, headers: [PLAIN], body: 'Internal Server Error' };
/** H8. */
export const NOT_FOUND: HttpResponse = { status: 404, headers: [PLAIN], body: 'Not Found' };
/** H16. */
export const UPGRADE_REQUIRED: HttpResponse = {
  status: 426,
  headers: [PLAIN, ['upgrade', 'websocket'], ['connection', 'upgrade']],
  body: 'This path accepts WebSocket handshakes only. A proxy in front of it must pass on the headers Upgrade and Connection.',
};
/** B5. */
export const TOO_MUCH_MEMORY: HttpResponse = {
  status: 503,
  headers: [PLAIN, ['connection', 'close'], ['retry-after', '1']],
  body: 'Requests of this address hold too much memory',
};
/** O10. */
export const ORIGIN_NOT_ALLOWED: HttpResponse = { status: 403, headers: [PLAIN], body: 'Origin not allowed' };

/** ADM4. */
export const REMOVED: HttpResponse = { status: 403, headers: [PLAIN], body: 'Removed by the operator', why: 'banned' };

/** H9, H17, A8, I6. @param wait until the next request is allowed. */
export function tooManyRequests(wait: Millis, limit: HitLimit): HttpResponse {
  const headers = [PLAIN, ['retry-after', String(Math.ceil(wait / 1000))], ['cache-control', 'no-store']] as const;
  return { status: 429, headers, body: 'Too Many Requests', limit };
}

/** A body of more than `maxBytes`. */
export function tooBig(maxBytes: number): HttpResponse {
  const limit = { option: 'max_message_bytes', allows: maxBytes };
  return { status: 413, headers: [PLAIN], body: 'Content Too Large', limit };
}

/** H5, MER8. */
export function preflight(request: HttpRequest, methods: readonly string[]): HttpResponse {
  const asked = request.header('access-control-request-headers');
  const headers: Header[] = [['access-control-allow-methods', methods.join(',')]];
  if (asked !== undefined && asked !== '') headers.push(['access-control-allow-headers', asked]);
  return { status: 204, headers, body: '' };
}
