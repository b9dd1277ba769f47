import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';

/** A body that nobody asked for is read past; one with more bytes costs its connection. */
export const MAX_BODY_BYTES = 64 * 1024;

/** What an upgrade is told once no new connection is accepted. */
export const NOT_ACCEPTING: HttpResponse = {
  status: 503,
  headers: [['content-type', 'text/plain; charset=utf-8']],
  body: 'Not accepting connections',
};

/** H13: what a head is answered that two readers might read in two ways. */
export const AMBIGUOUS_LENGTH: HttpResponse = {
  status: 400,
  headers: [['content-type', 'text/plain; charset=utf-8']],
  body: 'The head says in two ways where the body ends',
};

const NAMES_UPGRADE = /(?:^|,)\s*upgrade\s*(?:,|$)/i;

/** A WebSocket is requested with GET, and both headers of an upgrade. Any other upgrade is ignored, as HTTP allows. */
export function isWebSocketUpgrade(request: HttpRequest): boolean {
  if (request.method !== 'GET' || request.header('upgrade')?.toLowerCase() !== 'websocket') return false;
  return NAMES_UPGRADE.test(request.header('connection') ?? '');
}

/** Divides a request target at its first `?`. */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const at = target.indexOf('?');
  if (at < 0) return { path: target, query: '' };
  return { path: target.slice(0, at), query: target.slice(at + 1) };
}

/** Some answers have no body and no length, whatever is asked. */
export function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}
