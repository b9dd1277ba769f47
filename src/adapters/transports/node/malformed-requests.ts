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

/** Answers requests that Node's parser rejects (H11, malformed HTTP) in the same way as Node, and logs them. */
export function respondToMalformed(gateway: Gateway, { maxHeaderBytes }: { readonly maxHeaderBytes: number }) {
  return (error: NodeJS.ErrnoException, stream: Duplex & HttpStream): void => {
    // The client has disconnected, or the request is answered.
    if (!stream.writable || stream._httpMessage?._headerSent === true) return void stream.destroy();
    const status = STATUSES.get(error.code) ?? 400;
    const limit: HitLimit | undefined = status === 431 ? { option: 'max_header_bytes', allows: maxHeaderBytes } : undefined;
    const response: HttpResponse = { status, headers: [], body: '', why: error.code, limit };
    gateway.refused(malformedRequest(stream), response);
    // As in Node, the connection is closed without waiting until the client has read the response.
    if (!isOfTls(error)) stream.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n\r\n`);
    stream.destroy();
  };
}

/** Node's property on the stream of a request in progress. */
interface HttpStream {
  readonly _httpMessage?: { readonly _headerSent?: boolean } | null;
}

/** After a TLS error, no response can be sent. */
function isOfTls({ code = '' }: NodeJS.ErrnoException): boolean {
  return code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS');
}

/** A request of which only the remote address is known. */
function malformedRequest(stream: Duplex & { readonly remoteAddress?: string | undefined }): HttpRequest {
  return { method: '', path: '', query: '', remoteAddress: normalizedAddress(stream.remoteAddress), header: () => undefined };
}
