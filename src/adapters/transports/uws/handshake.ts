import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';

const KEY = /^[+/0-9A-Za-z]{22}==$/;
const VERSIONS = ['13', '8'];

/** What uWebSockets.js does not look at itself. @returns the refusal of a handshake that does not fit together. */
export function handshakeFault(request: HttpRequest): HttpResponse | undefined {
  if (!KEY.test(request.header('sec-websocket-key') ?? '')) return malformed('Missing or invalid Sec-WebSocket-Key header');
  if (VERSIONS.includes(request.header('sec-websocket-version') ?? '')) return undefined;
  return malformed('Missing or invalid Sec-WebSocket-Version header');
}

function malformed(body: string): HttpResponse {
  return {
    status: 400,
    headers: [
      ['content-type', 'text/plain'],
      ['sec-websocket-version', VERSIONS.join(', ')],
    ],
    body,
  };
}
