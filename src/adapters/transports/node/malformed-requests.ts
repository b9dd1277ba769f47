import type { EventEmitter } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpRequest, HttpResponse } from '../../../application/ports/http.ts';
import type { HitLimit } from '../../../application/ports/hit-limit.ts';
import type { Gateway } from '../../../application/ports/transport.ts';
import { normalizedAddress } from '../shared/addresses.ts';

const STATUSES: ReadonlyMap<string | undefined, number> = new Map([
  ['HPE_HEADER_OVERFLOW', 431],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
]);

/** The limit of a server that the broker created; undefined for a server of an embedding program. */
interface HeaderLimit {
  readonly maxHeaderBytes?: number | undefined;
}

/**
 * Logs a request that Node's parser rejects (H11, malformed HTTP). @returns the status that Node sends; undefined if the client
 * has disconnected or the request is answered.
 */
export function logMalformed(
  gateway: Gateway,
  { maxHeaderBytes }: HeaderLimit,
  { error, stream }: { readonly error: NodeJS.ErrnoException; readonly stream: HttpStream },
): number | undefined {
  if (!stream.writable || stream._httpMessage?._headerSent === true) return undefined;
  const status = STATUSES.get(error.code) ?? 400;
  const hitsLimit = status === 431 && maxHeaderBytes !== undefined;
  const limit: HitLimit | undefined = hitsLimit ? { option: 'max_header_bytes', allows: maxHeaderBytes } : undefined;
  const response: HttpResponse = { status, headers: [], body: '', why: error.code, limit };
  gateway.refused(malformedRequest(stream), response);
  return status;
}

/** Answers requests that Node's parser rejects in the same way as Node, and logs them. */
export function respondToMalformed(gateway: Gateway, limit: HeaderLimit) {
  return (error: NodeJS.ErrnoException, stream: HttpStream): void => {
    const status = logMalformed(gateway, limit, { error, stream });
    // As in Node, the connection is closed without waiting until the client has read the response.
    if (status !== undefined && !isOfTls(error)) {
      stream.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n\r\n`);
    }
    stream.destroy();
  };
}

/** The stream of a connection, with Node's property for the response in progress. */
export interface HttpStream extends Duplex {
  readonly remoteAddress?: string | undefined;
  readonly _httpMessage?: (Pick<EventEmitter, 'once'> & { readonly _headerSent?: boolean }) | null;
}

/** After a TLS error, no response can be sent. */
function isOfTls({ code = '' }: NodeJS.ErrnoException): boolean {
  return code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS');
}

/** A request of which only the remote address is known. */
function malformedRequest(stream: HttpStream): HttpRequest {
  return { method: '', path: '', query: '', remoteAddress: normalizedAddress(stream.remoteAddress), header: () => undefined };
}
