import type { HttpRequest } from './http.ts';

/** Finds the client's address behind proxies. */
export interface ClientAddresses {
  /** H10: the address of the client. A forwarded address is used only if the proxy is trusted. */
  of(request: HttpRequest): string;
}
