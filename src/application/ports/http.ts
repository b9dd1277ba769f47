import type { HitLimit } from './hit-limit.ts';

/** One HTTP request, or the request of an upgrade. Readable only until the call that delivers the request returns. */
export interface HttpRequest {
  /** In upper case. */
  readonly method: string;
  /** The request target before `?`, as the client sent it. */
  readonly path: string;
  /** The request target after `?`, as the client sent it; empty if there is none. */
  readonly query: string;
  /** The remote end of the TCP connection: `192.0.2.1`, `2001:db8::1`. IPv4-mapped IPv6 is given as IPv4. */
  readonly remoteAddress: string;
  /**
   * The value of a header; undefined if absent. For `x-forwarded-for`, `access-control-request-headers` and
   * `sec-websocket-protocol` the values of all occurrences, joined in order; for any other header at least the first value.
   * @param name in lower case.
   */
  header(name: string): string | undefined;
}

/** A complete response. The transport adds `content-length`, and omits the body for HEAD. */
export interface HttpResponse {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** Logged, not sent: the reason of a refusal, if the body does not give one. */
  readonly why?: string | undefined;
  /** Logged, not sent: the limit that was exceeded. */
  readonly limit?: HitLimit | undefined;
}

/** The token of the header `Authorization: Bearer`; undefined for another scheme, and for more than one word. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
}

/** A11: the subprotocols that a WebSocket offers. */
interface OfferedSubprotocols {
  /** The token of `bearer.<token>`. */
  readonly token: string | undefined;
  /** The protocol that the handshake grants: the first other one beside a token. */
  readonly granted: string | undefined;
}

/** @param header the value of `Sec-WebSocket-Protocol`. */
export function subprotocolsOf(header: string | undefined): OfferedSubprotocols {
  if (header === undefined || !header.includes(BEARER)) return NONE_OFFERED;
  const offered = header.split(',').map((protocol) => protocol.trim());
  const bearer = offered.find((protocol) => protocol.startsWith(BEARER) && protocol.length > BEARER.length);
  if (bearer === undefined) return NONE_OFFERED;
  const granted = offered.find((protocol) => protocol !== '' && !protocol.startsWith(BEARER));
  return { token: bearer.slice(BEARER.length), granted };
}

/** W7: all subprotocols that a WebSocket offers, without tokens. @param header the value of `Sec-WebSocket-Protocol`. */
export function offeredSubprotocols(header: string | undefined): readonly string[] {
  const offered = (header ?? '').split(',').map((protocol) => protocol.trim());
  return offered.filter((protocol) => protocol !== '' && !protocol.startsWith(BEARER));
}

const BEARER = 'bearer.';
const NONE_OFFERED: OfferedSubprotocols = { token: undefined, granted: undefined };
