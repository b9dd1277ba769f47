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
  'too-many-realms': 503,
  overloaded: 503,
  'ice-unavailable': 503,
  'token-missing': 401,
  'token-invalid': 401,
  'not-granted': 403,
  'authorizer-unreachable': 503,
};

const REASONS: Record<HttpRefusal, string> = {
  'key-unknown': 'No such realm',
  'discovery-off': 'Forbidden',
  'sender-unknown': 'Unauthorized',
  'topic-unusable': 'A topic is empty or too long',
  'too-many-topics': 'Too many topics',
  'realm-full': 'Too many connections',
  'too-many-realms': 'Too many realms are in use',
  overloaded: 'Too many deliveries are waiting; try again in a second',
  'ice-unavailable': 'No ICE servers at the moment; try again in a minute',
  'token-missing': 'A token is required',
  'token-invalid': 'The token is not valid',
  'not-granted': 'Forbidden',
  'authorizer-unreachable': 'Try again later',
};

/** MER3: the id of the publication, or the refusal. */
export function responseTo(outcome: HttpOutcome): HttpResponse {
  if (outcome.kind === 'publication') return plain(200, outcome.id);
  if (outcome.kind === 'refusal') return refusalOf(outcome.reason);
  return plain(404, 'Not Found');
}

/** T10: a temporary refusal has `retry-after`. */
function refusalOf(reason: HttpRefusal): HttpResponse {
  const response = plain(STATUSES[reason], REASONS[reason]);
  return reason === 'overloaded' ? { ...response, headers: [...response.headers, ['retry-after', '1']] } : response;
}

/** RFC 6750, 3.1. */
type TokenError = 'invalid_token' | 'invalid_request' | 'insufficient_scope';

/** MER2, MER3, MER7: rejects a request. @param error the reason for `www-authenticate`, if the token is at fault. */
export function reject(status: 400 | 401 | 403, body: string, error?: TokenError): HttpAction {
  const response = plain(status, body);
  if (status !== 401 && error === undefined) return { action: 'respond', response };
  const challenge = error === undefined ? BEARER : `${BEARER}, error="${error}"`;
  return { action: 'respond', response: { ...response, headers: [...response.headers, ['www-authenticate', challenge]] } };
}

/** MER1, MER5. The headers keep proxies from caching, buffering or compressing the stream. */
export function streamHead(startsAfter: string | undefined): StreamHead {
  const headers: [string, string][] = [
    ['content-type', 'text/event-stream'],
    ['cache-control', 'private, no-cache, no-store, must-revalidate, max-age=0, no-transform'],
    ['x-accel-buffering', 'no'],
    ['access-control-expose-headers', 'Last-Event-ID, Mercure-Last-Event-ID'],
  ];
  if (startsAfter === undefined) return { status: 200, headers };
  const lastEventId = isHeaderText(startsAfter) ? startsAfter : EARLIEST;
  headers.push(['last-event-id', lastEventId], ['mercure-last-event-id', lastEventId]);
  return { status: 200, headers };
}

/** Ids may contain characters that are not allowed in a header. */
function isHeaderText(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** Plain text that is not cached, because a response may contain an id that a client chose. */
function plain(status: number, body: string): HttpResponse {
  return { status, headers: [PLAIN, ['cache-control', 'no-store']], body };
}
