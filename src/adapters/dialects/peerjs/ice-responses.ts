import type { HttpResponse } from '../../../application/ports/http.ts';
import { REFRESH_AFTER, type IssuedIceServers } from '../../../application/ports/ice-servers.ts';
import type { HttpOutcome } from '../../../application/ports/requests.ts';

const HEADERS = [
  ['content-type', 'application/json; charset=utf-8'],
  ['cache-control', 'no-store'],
] as const;

/** I2, I6, I9. */
export function iceResponse({ issued, format }: Extract<HttpOutcome, { kind: 'ice-servers' }>): HttpResponse {
  const body = format === 'matrix' ? matrixBody(issued) : webrtcBody(issued);
  return { status: 200, headers: HEADERS, body: JSON.stringify(body) };
}

/** I12. */
export function iceFrame({ servers, ttl }: IssuedIceServers): Uint8Array {
  return Buffer.from(JSON.stringify({ type: 'ICE', payload: { iceServers: servers, ttl } }));
}

function webrtcBody({ servers, ttl, expiresAt }: IssuedIceServers): object {
  const expires = new Date(expiresAt * 1000).toISOString();
  return { iceServers: servers, ttl, refresh: Math.floor(ttl * REFRESH_AFTER), expires };
}

/** The answer of a Matrix homeserver: TURN only, and an empty object without TURN. */
function matrixBody({ servers, ttl }: IssuedIceServers): object {
  const turn = servers.find(({ username }) => username !== undefined);
  return turn === undefined ? {} : { username: turn.username, password: turn.credential, uris: turn.urls, ttl };
}
