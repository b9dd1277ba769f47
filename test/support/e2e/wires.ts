import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { within } from './until.ts';

/* The ways in which a client gives its token to a broker on loopback, and the response to it. */

const TIMEOUT_MS = 60_000;
export const GRANTED = 'granted';

/** Where a client puts its tokens, beside the place of its wire. */
export interface TokenPlaces {
  readonly query?: string;
  readonly header?: string;
  readonly protocol?: string;
  readonly cookie?: string;
  readonly origin?: string;
  /** The client address, for a broker behind a proxy. */
  readonly address?: string;
}

/** The realm and the id of a client. */
interface Wanted {
  readonly port: number;
  readonly key?: string;
  readonly id?: string;
}

const WELCOMES: readonly unknown[] = ['OPEN', 'hello', 'pong'];

/** The first frame of a PeerJS socket: granted, or the text of its refusal. */
export function peerjsOutcome({ port, key = 'peerjs', id = 'eve' }: Wanted, places: TokenPlaces): Promise<string> {
  return socketOutcome(`ws://127.0.0.1:${port}/peerjs?${queryOf({ key, id, token: places.query })}`, places);
}

/** A Peero socket: granted, or the close code and reason. */
export function peeroOutcome({ port, key = 'peerjs' }: Wanted, places: TokenPlaces): Promise<string> {
  return socketOutcome(`ws://127.0.0.1:${port}/peero?${queryOf({ key, token: places.query })}`, places);
}

/** A relay socket, as of y-webrtc: granted, or the close code and reason. */
export function relayOutcome({ port, key = 'peerjs' }: Wanted, places: TokenPlaces): Promise<string> {
  return socketOutcome(`ws://127.0.0.1:${port}/relay?${queryOf({ key, token: places.query })}`, places, '{"type":"ping"}');
}

/** A Socket.IO client: granted, or the code and text of its refusal. @param auth the token of its CONNECT packet. */
export function socketioOutcome(
  { port, key = 'peerjs' }: Wanted,
  { query, ...places }: TokenPlaces,
  { auth, transport }: { readonly auth?: string | undefined; readonly transport: 'polling' | 'websocket' },
): Promise<string> {
  const socket = io(`http://127.0.0.1:${port}`, {
    ...{ forceNew: true, reconnection: false, transports: [transport], extraHeaders: headersOf(places) },
    query: { key, ...(query === undefined ? {} : { token: query }) },
    auth: auth === undefined ? {} : { token: auth },
  });
  const outcome = new Promise<string>((resolve) => {
    socket.on('connect', () => resolve(GRANTED));
    socket.on('connect_error', ({ message, data }: Error & { data?: { code: number; text: string } }) =>
      resolve(data === undefined ? message : `${data.code} ${data.text}`),
    );
  });
  return within(TIMEOUT_MS, 'a Socket.IO client to be answered', outcome).finally(() => socket.close());
}

/** An HTTP request: granted for 200, the text for an answer of `/check`, or the status. */
export async function httpOutcome(port: number, target: string, places: TokenPlaces, body?: URLSearchParams): Promise<string> {
  const abort = new AbortController();
  const init = body === undefined ? {} : { method: 'POST', body };
  const headers = headersOf(places);
  const response = await within(
    TIMEOUT_MS,
    `an answer to ${target.slice(0, 60)}`,
    fetch(`http://127.0.0.1:${port}${target}`, { ...init, headers, signal: abort.signal }),
  );
  try {
    if (response.status !== 200) return String(response.status);
    if (!target.includes('/check')) return GRANTED;
    const checked = (await response.json()) as { allowed: boolean; message?: string };
    return checked.allowed ? GRANTED : String(checked.message);
  } finally {
    abort.abort();
  }
}

export function queryOf(members: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

/** The first message of a WebSocket decides. */
function socketOutcome(url: string, places: TokenPlaces, first?: string): Promise<string> {
  const protocols = places.protocol === undefined ? [] : ['signalbox', `bearer.${places.protocol}`];
  const socket = new WebSocket(url, protocols, { headers: headersOf(places) });
  const outcome = new Promise<string>((resolve) => {
    if (first !== undefined) socket.on('open', () => socket.send(first));
    socket.on('message', (bytes: Buffer) => {
      const { type, payload } = JSON.parse(bytes.toString()) as { type: string; payload?: { msg?: string } };
      resolve(WELCOMES.includes(type) ? GRANTED : String(payload?.msg));
    });
    socket.on('close', (code: number, reason: Buffer) => resolve(`${code} ${reason.toString()}`));
    socket.on('unexpected-response', (_, { statusCode }) => resolve(String(statusCode)));
    socket.on('error', () => undefined);
  });
  return within(TIMEOUT_MS, 'a WebSocket to be answered', outcome).finally(() => socket.terminate());
}

function headersOf({ header, cookie, origin, address }: TokenPlaces): Record<string, string> {
  return {
    ...(header === undefined ? {} : { authorization: `Bearer ${header}` }),
    ...(cookie === undefined ? {} : { cookie: `a=b; signalbox_token=${cookie}` }),
    ...(origin === undefined ? {} : { origin }),
    ...(address === undefined ? {} : { 'x-forwarded-for': address }),
  };
}
