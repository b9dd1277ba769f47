import type { ClientAddresses } from '../../application/ports/client-addresses.ts';
import type { HttpRequest } from '../../application/ports/http.ts';

/** H10: no proxy is trusted, so the remote address of the TCP connection is the client address. */
export class DirectAddresses implements ClientAddresses {
  of(request: HttpRequest): string {
    return request.remoteAddress;
  }
}
