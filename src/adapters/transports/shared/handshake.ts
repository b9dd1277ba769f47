import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';

const KEY = /^[+/0-9A-Za-z]{22}==$/;
const VERSION = '13';

/**
 * O12: checks a handshake against RFC 6455, because libraries check less or accept older versions.
 * @returns the rejection, if any.
 */
export function handshakeFault(request: HttpRequest): HttpResponse | undefined {
  if (!KEY.test(request.header('sec-websocket-key') ?? '')) return malformed('Missing or invalid Sec-WebSocket-Key header');
  if (request.header('sec-websocket-version') === VERSION) return undefined;
  return malformed('Missing or invalid Sec-WebSocket-Version header');
}

function malformed(body: string): HttpResponse {
  return {
    status: 400,
    headers: [
      ['content-type', 'text/plain'],
      ['sec-websocket-version', VERSION],
    ],
    body,
  };
}
