import type { HttpRequest } from './http.ts';

/** Who is at the far end, where proxies may stand between. */
export interface ClientAddresses {
  /** H10: the address of the client itself; what a proxy says counts only where that proxy is trusted. */
  of(request: HttpRequest): string;
}
