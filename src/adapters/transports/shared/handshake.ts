import { subprotocolsOf, type HttpRequest, type HttpResponse } from '../../../application/ports/http.ts';
import type { Admission } from '../../../application/ports/transport.ts';

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

/** O13, A11, W7: the subprotocol that a handshake grants; undefined for none. */
export function grantedSubprotocol(admission: Admission, request: HttpRequest): string | undefined {
  if ('subprotocol' in admission) return admission.subprotocol;
  return subprotocolsOf(request.header('sec-websocket-protocol')).granted;
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
