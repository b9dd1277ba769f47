import type { HttpResponse } from '../../../application/ports/http.ts';
import type { ReceivedRequest, StreamHead } from '../../../application/ports/requests.ts';

/** DOC1: the header that distinguishes the broker from another server. The value is the version of these routes. */
const FINGERPRINT = ['x-signalbox', '1'] as const;
const NO_STORE = ['cache-control', 'no-store'] as const;
/** A page can read the fingerprint of another origin. */
const EXPOSED = ['access-control-expose-headers', 'x-signalbox'] as const;

const LINES = [1, 2, 3, 4, 5];

/** DOC3. */
export const TEXTS: readonly Uint8Array[] = LINES.map((line) => Buffer.from(`data: ${line}\n\n`));

export const NOT_FOUND: HttpResponse = {
  status: 404,
  headers: [['content-type', 'text/plain; charset=utf-8']],
  body: 'Not Found',
};

/** DOC1: only facts of the request itself, because every client may send one. @param time in milliseconds since 1970. */
export function describeRequest(request: ReceivedRequest, time: number): HttpResponse {
  return {
    status: 200,
    headers: [['content-type', 'application/json; charset=utf-8'], NO_STORE, FINGERPRINT, EXPOSED],
    body: JSON.stringify({ name: 'Signalbox', time, request }),
  };
}

/** DOC3: the headers of the other streams of the broker, so that proxies treat this one like them. */
export function streamHead(): StreamHead {
  return {
    status: 200,
    headers: [
      ['content-type', 'text/event-stream'],
      ['cache-control', 'private, no-cache, no-store, must-revalidate, max-age=0, no-transform'],
      ['x-accel-buffering', 'no'],
      FINGERPRINT,
      EXPOSED,
    ],
  };
}
