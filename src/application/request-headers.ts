import { bearerToken, type HttpRequest } from './ports/http.ts';
import type { HttpOutcome } from './ports/requests.ts';

/** Headers of a request, by name in lower case. Without those that the client did not send. */
export type RequestHeaders = Readonly<Record<string, string>>;

export const NO_HEADERS: RequestHeaders = {};

/** @param names in lower case. */
export function headersOf(request: { header(name: string): string | undefined }, names: readonly string[]): RequestHeaders {
  if (names.length === 0) return NO_HEADERS;
  const headers: Record<string, string> = {};
  for (const name of names) {
    const value = request.header(name);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

/** A2: the token of a client: that of the header `Authorization`, else the one of its dialect. */
export function tokenOf(headers: RequestHeaders, token: string | undefined): string | undefined {
  return bearerToken(headers['authorization']) ?? token;
}

/** DOC1. @param address of the client behind its proxies. */
export function descriptionOf(request: HttpRequest, address: string): HttpOutcome {
  const seen = {
    address,
    remoteAddress: request.remoteAddress,
    forwardedFor: request.header('x-forwarded-for'),
    forwardedProto: request.header('x-forwarded-proto'),
    host: request.header('host'),
    origin: request.header('origin'),
    upgrade: request.header('upgrade'),
    connection: request.header('connection'),
  };
  return { kind: 'request-description', seen };
}
