import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';

/** Bytes of an unused body that are discarded. The connection of a larger body is closed. */
export const MAX_BODY_BYTES = 64 * 1024;

/** The response to an upgrade while no new connection is accepted. */
export const NOT_ACCEPTING: HttpResponse = {
  status: 503,
  headers: [['content-type', 'text/plain; charset=utf-8']],
  body: 'Not accepting connections',
};

/** H13: the response to a request whose length is ambiguous: two parsers could read it differently. */
export const AMBIGUOUS_LENGTH: HttpResponse = {
  status: 400,
  headers: [['content-type', 'text/plain; charset=utf-8']],
  body: 'Ambiguous body length: send one Content-Length, or Transfer-Encoding: chunked',
};

/** H13: the response to a request with two `Host` headers: a proxy could have used the other one. */
export const REPEATED_HOST: HttpResponse = {
  status: 400,
  headers: [['content-type', 'text/plain; charset=utf-8']],
  body: 'More than one Host header',
};

/** H13: the response to an upgrade without the header that HTTP/1.1 requires. */
export const MISSING_HOST: HttpResponse = {
  status: 400,
  headers: [['content-type', 'text/plain; charset=utf-8']],
  body: 'Missing Host header',
};

const NAMES_UPGRADE = /(?:^|,)\s*upgrade\s*(?:,|$)/i;

/** A WebSocket upgrade is a GET with both upgrade headers. Any other upgrade is ignored, as HTTP allows. */
export function isWebSocketUpgrade(request: HttpRequest): boolean {
  if (request.method !== 'GET' || request.header('upgrade')?.toLowerCase() !== 'websocket') return false;
  return NAMES_UPGRADE.test(request.header('connection') ?? '');
}

/** Splits a request target at its first `?`. */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const at = target.indexOf('?');
  if (at < 0) return { path: target, query: '' };
  return { path: target.slice(0, at), query: target.slice(at + 1) };
}

/** Responses with these statuses have neither body nor length. */
export function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}
