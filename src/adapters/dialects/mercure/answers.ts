import type { HttpResponse } from '../../../application/ports/http.ts';
import type { HttpAsk, HttpOutcome, HttpRefusal, StreamHead } from '../../../application/ports/requests.ts';
import { EARLIEST } from '../../../domain/history.ts';

const PLAIN = ['content-type', 'text/plain; charset=utf-8'] as const;
const BEARER = ['www-authenticate', 'Bearer realm="mercure"'] as const;

const STATUSES: Record<HttpRefusal, number> = {
  'key-unknown': 404,
  'discovery-off': 403,
  'sender-unknown': 401,
  'topic-unusable': 400,
  'too-many-topics': 403,
  'realm-full': 503,
};

const REASONS: Record<HttpRefusal, string> = {
  'key-unknown': 'No such realm',
  'discovery-off': 'Forbidden',
  'sender-unknown': 'Unauthorized',
  'topic-unusable': 'A topic is empty or too long',
  'too-many-topics': 'Too many topics',
  'realm-full': 'Too many connections',
};

/** MER3: the id of what was published; or why nothing was. */
export function answerOf(outcome: HttpOutcome): HttpResponse {
  if (outcome.gave === 'publication') return plain(200, outcome.id);
  if (outcome.gave === 'refusal') return plain(STATUSES[outcome.reason], REASONS[outcome.reason]);
  return plain(404, 'Not Found');
}

/** MER2, MER3, MER7: what needs nobody else to be refused. */
export function refusing(status: 400 | 401 | 403, body: string): HttpAsk {
  const response = plain(status, body);
  return { ask: 'answer', response: status === 401 ? { ...response, headers: [...response.headers, BEARER] } : response };
}

/** MER1, MER5. What is between must neither keep it, nor wait for its end, nor press it. */
export function streamHead(startsAfter: string | undefined): StreamHead {
  const headers: [string, string][] = [
    ['content-type', 'text/event-stream'],
    ['cache-control', 'private, no-cache, no-store, must-revalidate, max-age=0, no-transform'],
    ['x-accel-buffering', 'no'],
    ['access-control-expose-headers', 'Last-Event-ID'],
  ];
  if (startsAfter !== undefined) headers.push(['last-event-id', isHeaderText(startsAfter) ? startsAfter : EARLIEST]);
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
