import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import type { HttpResponse } from '../../application/ports/http.ts';

/* Clients on a real network: a WebSocket, a request, or raw bytes. */

const TIMEOUT_MS = 10_000;
/** The address of a server. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** The certificates that the client trusts, as PEM. */
  readonly trusted?: readonly string[];
}

/** Clients connect by address, and the certificates are for `localhost`. */
function trustOf({ trusted = [] }: Endpoint): { readonly ca: string[]; readonly servername: string } {
  return { ca: [...trusted], servername: 'localhost' };
}

/** One WebSocket on the client side. */
export interface WebSocketClient {
  /** The messages so far. A binary one is `[binary]` and its bytes in hexadecimal digits. */
  readonly received: readonly string[];
  readonly state: 'connecting' | 'open' | 'refused' | 'closed';
  readonly closed: { readonly code: number; readonly why: string } | undefined;
  /** The response to a refused upgrade. */
  readonly refusal: HttpResponse | undefined;
  send(message: string | Uint8Array): void;
  close(code?: number, why?: string): void;
  cut(): void;
  stopReading(): void;
  startReading(): void;
}

/** A response that is read while it arrives. */
export interface StreamReader {
  /** Undefined before the response has begun. */
  readonly head: Omit<HttpResponse, 'body'> | undefined;
  /** The body so far. */
  readonly text: string;
  /** `ended`: complete; `cut`: the connection ended before. */
  readonly state: 'open' | 'ended' | 'cut';
  cut(): void;
  stopReading(): void;
  startReading(): void;
}

/** A request with a pending response. */
export interface PendingRequest {
  readonly answer: Promise<HttpResponse>;
  abort(): void;
}

type Headers = Readonly<Record<string, string>>;

interface RequestOptions {
  readonly headers?: Headers;
  readonly body?: string;
}

/** Opens a WebSocket. @returns it once it is open or refused. @throws Error if no server listens. */
export function openWebSocket(place: Endpoint, target: string, headers: Headers = {}): Promise<WebSocketClient> {
  return new Promise((resolve, reject) => {
    const url = `${place.secure ? 'wss' : 'ws'}://${urlHost(place.host)}:${place.port}${target}`;
    const ws = new WebSocket(url, { headers, ...trustOf(place), handshakeTimeout: TIMEOUT_MS });
    const client = new NetworkWebSocketClient(ws);
    ws.on('error', reject);
    ws.once('open', () => resolve(client));
    ws.once('unexpected-response', (request: ClientRequest, response: IncomingMessage) => {
      readAnswer(response).then((refusal) => {
        request.destroy();
        client.setRefusal(refusal);
        resolve(client);
      }, reject);
    });
  });
}

/** Sends a request and reads the whole response. Each request has a connection of its own. */
export function sendRequest(
  place: Endpoint,
  method: string,
  target: string,
  { headers = {}, body = '' }: RequestOptions = {},
): PendingRequest {
  const request = (place.secure ? httpsRequest : httpRequest)({
    host: place.host,
    port: place.port,
    method,
    path: target,
    headers,
    ...trustOf(place),
    agent: false,
    timeout: TIMEOUT_MS,
  });
  const answer = new Promise<HttpResponse>((resolve, reject) => {
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error(`no answer to ${method} ${target}`)));
    request.on('response', (response) => void readAnswer(response).then(resolve, reject));
  });
  // A test that aborts the request does not await the failure.
  answer.catch(() => undefined);
  request.end(body);
  return { answer, abort: () => void request.destroy() };
}

/** Sends a request and reads the response while it arrives. @returns at once, before the response. */
export function openStream(
  place: Endpoint,
  method: string,
  target: string,
  { headers = {}, body = '' }: RequestOptions = {},
): StreamReader {
  const { host, port } = place;
  const request = (place.secure ? httpsRequest : httpRequest)({
    host,
    port,
    method,
    path: target,
    headers,
    ...trustOf(place),
    agent: false,
  });
  const reader = new NetworkStreamReader(request);
  request.end(body);
  return reader;
}

/** A TCP or TLS connection for raw bytes. */
export class RawConnection {
  received = '';
  isClosed = false;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.received += bytes.toString('latin1');
    });
    // Many tests expect a cut; `isClosed` reports it.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  static open(place: Endpoint): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const at = { host: place.host, port: place.port };
      const socket = place.secure ? connectTls({ ...at, ...trustOf(place) }) : connectTcp(at);
      socket.once('error', reject);
      socket.once(place.secure ? 'secureConnect' : 'connect', () => resolve(new RawConnection(socket)));
    });
  }

  /** The certificate of the server, as PEM; undefined without TLS. */
  get certificate(): string | undefined {
    return this.#socket instanceof TLSSocket ? this.#socket.getPeerX509Certificate()?.toString() : undefined;
  }

  send(bytes: string | Uint8Array): void {
    if (this.isClosed || this.#socket.destroyed) return;
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes);
  }

  stopReading(): void {
    this.#socket.pause();
  }

  /** Half-closes the connection: stops sending, continues reading. */
  end(): void {
    this.#socket.end();
  }

  cut(): void {
    this.#socket.destroy();
  }
}

/** One masked WebSocket frame. `opcode` is 0 for a continuation, 1 text, 2 binary, 8 close, 9 ping. */
export function maskedFrame(opcode: number, payload: Uint8Array, { isFinal = true } = {}): Buffer {
  const mask = Buffer.from([1, 2, 3, 4]);
  const masked = Buffer.from(payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0)));
  const length = payload.length;
  const head = length < 126 ? Buffer.from([0, 0x80 | length]) : Buffer.alloc(length < 65_536 ? 4 : 10);
  if (length >= 126) head[1] = length < 65_536 ? 0xfe : 0xff;
  if (length >= 126 && length < 65_536) head.writeUInt16BE(length, 2);
  if (length >= 65_536) head.writeUIntBE(length, 4, 6);
  head[0] = (isFinal ? 0x80 : 0) | opcode;
  return Buffer.concat([head, mask, masked]);
}

class NetworkStreamReader implements StreamReader {
  head: StreamReader['head'];
  state: StreamReader['state'] = 'open';
  readonly #request: ClientRequest;
  readonly #pieces: Buffer[] = [];
  #response: IncomingMessage | undefined;

  constructor(request: ClientRequest) {
    this.#request = request;
    request.on('error', () => this.#finish('cut'));
    request.on('response', (response) => {
      this.#response = response;
      this.head = { status: response.statusCode ?? 0, headers: headersOf(response) };
      response.on('data', (piece: Buffer) => void this.#pieces.push(piece));
      response.on('end', () => this.#finish('ended'));
      response.on('error', () => this.#finish('cut'));
      response.on('close', () => this.#finish('cut'));
    });
  }

  get text(): string {
    return Buffer.concat(this.#pieces).toString('utf8');
  }

  cut(): void {
    this.#request.destroy();
  }

  stopReading(): void {
    this.#response?.pause();
  }

  startReading(): void {
    this.#response?.resume();
  }

  #finish(how: 'ended' | 'cut'): void {
    if (this.state === 'open') this.state = how;
  }
}

class NetworkWebSocketClient implements WebSocketClient {
  readonly received: string[] = [];
  closed: { readonly code: number; readonly why: string } | undefined;
  refusal: HttpResponse | undefined;
  readonly #ws: WebSocket;

  constructor(ws: WebSocket) {
    this.#ws = ws;
    ws.on('message', (bytes: Buffer, isBinary) => void this.received.push(shown(bytes, isBinary)));
    ws.on('close', (code, why) => void (this.closed = { code, why: why.toString('utf8') }));
  }

  get state(): WebSocketClient['state'] {
    if (this.refusal !== undefined) return 'refused';
    if (this.closed !== undefined) return 'closed';
    return this.#ws.readyState === WebSocket.CONNECTING ? 'connecting' : 'open';
  }

  setRefusal(refusal: HttpResponse): void {
    this.refusal = refusal;
  }

  send(message: string | Uint8Array): void {
    this.#ws.send(message, () => undefined);
  }

  close(code?: number, why?: string): void {
    this.#ws.close(code, why);
  }

  cut(): void {
    this.#ws.terminate();
  }

  stopReading(): void {
    this.#ws.pause();
  }

  startReading(): void {
    this.#ws.resume();
  }
}

async function readAnswer(response: IncomingMessage): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: headersOf(response), body: Buffer.concat(chunks).toString('utf8') };
}

function headersOf({ rawHeaders }: IncomingMessage): [string, string][] {
  const headers: [string, string][] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    headers.push([(rawHeaders[at] ?? '').toLowerCase(), rawHeaders[at + 1] ?? '']);
  }
  return headers;
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

const shown = (bytes: Buffer, isBinary: boolean): string => (isBinary ? `[binary] ${bytes.toString('hex')}` : bytes.toString());
