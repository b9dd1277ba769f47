import { bearerToken, type HttpResponse } from '../../../application/ports/http.ts';
import type { Admission } from '../../../application/ports/transport.ts';

/** The version of the Engine.IO protocol. Socket.IO 2 uses version 3. */
export type Protocol = 3 | 4;

/** The Engine.IO session that the query of a request names or opens. */
export interface SessionQuery {
  readonly carrier: 'polling' | 'websocket';
  readonly protocol: Protocol;
  /** Undefined for a handshake. */
  readonly sid: string | undefined;
}

/** The reason for which a request is rejected, in the terms of Engine.IO. */
export type SessionFault = keyof typeof FAULTS;

const FAULTS = {
  'unknown-transport': { code: 0, message: 'Transport unknown' },
  'unknown-sid': { code: 1, message: 'Session ID unknown' },
  'bad-method': { code: 2, message: 'Bad handshake method' },
  'bad-request': { code: 3, message: 'Bad request' },
  forbidden: { code: 4, message: 'Forbidden' },
  'unsupported-version': { code: 5, message: 'Unsupported protocol version' },
} as const;

const CARRIERS: readonly string[] = ['polling', 'websocket'] satisfies SessionQuery['carrier'][];

/** Parameters that select a session. A repeated one is ambiguous. */
const SINGLE = ['EIO', 'transport', 'sid', 'j'] as const;

/** SIO9: parses the query of a request. JSONP (`j`) is rejected, because any page could read its responses. */
export function readSessionQuery(query: string, protocols: readonly Protocol[]): SessionQuery | SessionFault {
  const parameters = new URLSearchParams(query);
  if (parameters.has('j') || SINGLE.some((name) => parameters.getAll(name).length > 1)) return 'bad-request';
  const carrier = parameters.get('transport') ?? '';
  if (!CARRIERS.includes(carrier)) return 'unknown-transport';
  const protocol = protocols.find((known) => String(known) === parameters.get('EIO'));
  if (protocol === undefined) return 'unsupported-version';
  return { carrier: carrier as SessionQuery['carrier'], protocol, sid: parameters.get('sid') ?? undefined };
}

/** SIO9: the response to a rejected request, in the format of the Socket.IO server. */
export function faultResponse(fault: SessionFault): HttpResponse {
  const headers = [
    ['content-type', 'application/json'],
    ['cache-control', 'no-store'],
  ] as const;
  return { status: fault === 'forbidden' ? 403 : 400, headers, body: JSON.stringify(FAULTS[fault]) };
}

/** SIO10: the token of a handshake: the header, else the query. */
export function tokenIn(authorization: string | undefined, query: string): string | undefined {
  const bearer = bearerToken(authorization);
  if (bearer !== undefined) return bearer;
  const parameters = new URLSearchParams(query);
  return parameters.get('authorization') || parameters.get('token') || undefined;
}

/** A longer auth object is ignored. */
export const MAX_AUTH_LENGTH = 16_384;

/** SIO10: the token of a CONNECT packet. */
export function tokenOfAuth(auth: string | undefined): string | undefined {
  if (auth === undefined || auth === '' || auth.length > MAX_AUTH_LENGTH) return undefined;
  try {
    const value: unknown = JSON.parse(auth);
    const token =
      typeof value === 'object' && value !== null && Object.hasOwn(value, 'token')
        ? (value as { token: unknown }).token
        : undefined;
    return typeof token === 'string' && token !== '' ? token : undefined;
  } catch {
    return undefined;
  }
}

/** A12: the token that the gateway has found in the handshake. */
export function tokenOfAdmission({ connectRequest }: Pick<Admission, 'connectRequest'>): string | undefined {
  return connectRequest.as === 'guest' ? connectRequest.token : undefined;
}
