import type { HttpResponse } from '../../../application/ports/http.ts';
import type { HttpAction, HttpOutcome, HttpRefusal, StreamHead } from '../../../application/ports/requests.ts';
import { EARLIEST } from '../../../domain/history.ts';

const PLAIN = ['content-type', 'text/plain; charset=utf-8'] as const;
const BEARER = 'Bearer realm="mercure"';

const STATUSES: Record<HttpRefusal, number> = {
  'key-unknown': 404,
  'discovery-off': 403,
  'sender-unknown': 401,
  'topic-unusable': 400,
  'too-many-topics': 403,
  'realm-full': 503,
  overloaded: 503,
};

const REASONS: Record<HttpRefusal, string> = {
  'key-unknown': 'No such realm',
  'discovery-off': 'Forbidden',
  'sender-unknown': 'Unauthorized',
  'topic-unusable': 'A topic is empty or too long',
  'too-many-topics': 'Too many topics',
  'realm-full': 'Too many connections',
  overloaded: 'Too many deliveries are waiting; try again in a second',
};

/** MER3: the id of what was published; or why nothing was. */
export function responseTo(outcome: HttpOutcome): HttpResponse {
  if (outcome.kind === 'publication') return plain(200, outcome.id);
  if (outcome.kind === 'refusal') return refusalOf(outcome.reason);
  return plain(404, 'Not Found');
}

/** T10: what passes by itself is told with the time to wait. */
function refusalOf(reason: HttpRefusal): HttpResponse {
  const response = plain(STATUSES[reason], REASONS[reason]);
  return reason === 'overloaded' ? { ...response, headers: [...response.headers, ['retry-after', '1']] } : response;
}

/** RFC 6750, 3.1. */
type TokenError = 'invalid_token' | 'invalid_request' | 'insufficient_scope';

/** MER2, MER3, MER7: what is refused without asking further. @param error what is wrong with a token that was shown. */
export function reject(status: 400 | 401 | 403, body: string, error?: TokenError): HttpAction {
  const response = plain(status, body);
  if (status !== 401 && error === undefined) return { action: 'respond', response };
  const challenge = error === undefined ? BEARER : `${BEARER}, error="${error}"`;
  return { action: 'respond', response: { ...response, headers: [...response.headers, ['www-authenticate', challenge]] } };
}

/** MER1, MER5. What is between must neither keep it, nor wait for its end, nor press it. */
export function streamHead(startsAfter: string | undefined): StreamHead {
  const headers: [string, string][] = [
    ['content-type', 'text/event-stream'],
    ['cache-control', 'private, no-cache, no-store, must-revalidate, max-age=0, no-transform'],
    ['x-accel-buffering', 'no'],
    ['access-control-expose-headers', 'Last-Event-ID, Mercure-Last-Event-ID'],
  ];
  if (startsAfter === undefined) return { status: 200, headers };
  const told = isHeaderText(startsAfter) ? startsAfter : EARLIEST;
  headers.push(['last-event-id', told], ['mercure-last-event-id', told]);
  return { status: 200, headers };
}

/** An id may be any text; a header may not. */
function isHeaderText(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** Ids come back as they were sent. */
function plain(status: number, body: string): HttpResponse {
  return { status, headers: [PLAIN, ['cache-control', 'no-store']], body };
}
