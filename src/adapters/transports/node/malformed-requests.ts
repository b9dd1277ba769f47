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

/** Answers what Node's parser refuses as Node does, and has it logged: H11, and what is no HTTP. */
export function respondToMalformed(gateway: Gateway, { maxHeaderBytes }: { readonly maxHeaderBytes: number }) {
  return (error: NodeJS.ErrnoException, stream: Duplex & HttpStream): void => {
    // Gone, or answered already.
    if (!stream.writable || stream._httpMessage?._headerSent === true) return void stream.destroy();
    const status = STATUSES.get(error.code) ?? 400;
    const limit: HitLimit | undefined = status === 431 ? { option: 'max_header_bytes', allows: maxHeaderBytes } : undefined;
    const response: HttpResponse = { status, headers: [], body: '', why: error.code, limit };
    gateway.refused(malformedRequest(stream), response);
    // As Node does it: whether the far end reads the answer is not waited for.
    if (!isOfTls(error)) stream.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n\r\n`);
    stream.destroy();
  };
}

/** What Node keeps on the stream of a request that it answers. */
interface HttpStream {
  readonly _httpMessage?: { readonly _headerSent?: boolean } | null;
}

/** Nothing can be answered where TLS has failed. */
function isOfTls({ code = '' }: NodeJS.ErrnoException): boolean {
  return code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS');
}

/** A request of which nothing could be read but its sender. */
function malformedRequest(stream: Duplex & { readonly remoteAddress?: string | undefined }): HttpRequest {
  return { method: '', path: '', query: '', remoteAddress: normalizedAddress(stream.remoteAddress), header: () => undefined };
}
