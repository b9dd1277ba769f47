import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { json, Problem, type AdminResponse } from './problems.ts';

export interface DoctorSettings {
  /** The limit of a frame, as on the public port. */
  readonly maxFrameBytes: number;
}

/** The header by which `signalbox doctor` knows a broker. */
const FINGERPRINT = { 'x-signalbox': '1' };
/** Sockets and streams, which need no token, must leave connections of the listener to operators. */
const MAX_OPEN = 8;
const MAX_FRAMES = 100;
const LIFETIME_MS = 120_000;
const TEXT_INTERVAL_MS = 200;
const TEXTS = 5;

/** DOC6: the routes of the doctor on the admin listener, for `doctor admin`. */
export class DoctorRoutes {
  readonly #sockets: WebSocketServer;
  readonly #maxFrameBytes: number;
  #streams = 0;

  constructor({ maxFrameBytes }: DoctorSettings) {
    this.#maxFrameBytes = maxFrameBytes;
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false });
  }

  /** @returns the answer; `streams` if it is sent here; undefined for another path. */
  answer(request: IncomingMessage, response: ServerResponse, path: string): AdminResponse | 'streams' | undefined {
    if (request.method !== 'GET') return undefined;
    if (path === '/doctor/hello') return describeRequest(request);
    if (path !== '/doctor/stream') return undefined;
    this.#checkRoom();
    this.#stream(response);
    return 'streams';
  }

  /**
   * Answers an upgrade. Any other path than that of the doctor is 404.
   * @param isAllowed whether the Host is listed. @returns whether a WebSocket has opened.
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, isAllowed: boolean): boolean {
    // A client that has gone needs no answer.
    socket.on('error', () => socket.destroy());
    const [path] = (request.url ?? '').split('?', 1);
    if (path !== '/doctor/socket') return refuse(socket, '404 Not Found');
    if (!isAllowed) return refuse(socket, '421 Misdirected Request');
    if (this.#open >= MAX_OPEN) return refuse(socket, '503 Service Unavailable');
    let hasOpened = false;
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      hasOpened = true;
      echo(webSocket, this.#maxFrameBytes);
    });
    return hasOpened;
  }

  end(): void {
    for (const client of this.#sockets.clients) client.terminate();
  }

  get #open(): number {
    return this.#sockets.clients.size + this.#streams;
  }

  #checkRoom(): void {
    if (this.#open < MAX_OPEN) return;
    throw new Problem({ status: 503, code: 'too-many-streams', detail: 'Too many connections of the doctor are open' });
  }

  /** DOC3. */
  #stream(response: ServerResponse): void {
    this.#streams += 1;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', ...FINGERPRINT });
    let sent = 0;
    const send = (): void => {
      response.write(`data: ${++sent}\n\n`);
      if (sent === TEXTS) response.end();
    };
    const timer = setInterval(send, TEXT_INTERVAL_MS);
    send();
    response.once('close', () => {
      clearInterval(timer);
      this.#streams -= 1;
    });
  }
}

/**
 * DOC2: sends each text back. A frame beyond the limit is closed with 1009 by the library. A client that leaves more than one
 * frame unread is disconnected.
 */
function echo(socket: WebSocket, maxUnreadBytes: number): void {
  let frames = 0;
  const timer = setTimeout(() => socket.close(1000), LIFETIME_MS).unref();
  socket.on('close', () => clearTimeout(timer));
  // The close follows.
  socket.on('error', () => socket.terminate());
  socket.on('message', (data: RawData, isBinary: boolean) => {
    frames += 1;
    if (frames > MAX_FRAMES) return socket.close(1008);
    if (isBinary) return socket.close(1007);
    if (socket.bufferedAmount > maxUnreadBytes) return socket.terminate();
    socket.send(data, { binary: false });
  });
}

/** DOC1. */
function describeRequest({ headers, socket }: IncomingMessage): AdminResponse {
  const address = socket.remoteAddress ?? 'socket';
  const { host, origin, upgrade, connection } = headers;
  const [forwardedFor, forwardedProto] = [headers['x-forwarded-for'], headers['x-forwarded-proto']];
  const seen = { address, remoteAddress: address, forwardedFor, forwardedProto, host, origin, upgrade, connection };
  const answer = json({ name: 'Signalbox', time: Date.now(), request: seen });
  return { ...answer, headers: { ...answer.headers, ...FINGERPRINT } };
}

function refuse(socket: Duplex, status: string): false {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  return false;
}
