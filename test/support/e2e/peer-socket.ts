import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import WebSocket from 'ws';
import type { Endpoint } from './http.ts';
import { within } from './until.ts';

/** A frame of a server, as JSON. */
export type ReceivedFrame = Readonly<Record<string, unknown>>;

export interface CloseResult {
  readonly code: number;
  readonly why: string;
}

/** The server answered a handshake with an HTTP status instead of a socket. */
export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused';
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string) {
    super(`handshake refused with ${status} ${body.slice(0, 80)}`);
    this.status = status;
    this.body = body;
  }
}

/** The target and headers of a handshake. */
export interface HandshakeOptions {
  /** The whole target: path and query. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The peer of a socket. */
export interface Identity {
  readonly id: string;
  readonly token: string;
}

/** A raw WebSocket of one peer. */
export class PeerSocket {
  readonly id: string;
  readonly token: string;
  /** Received frames that no test has read yet, in order. */
  readonly unread: string[] = [];
  /** The kind of each received frame. */
  readonly kinds: ('text' | 'binary')[] = [];
  readonly socket: WebSocket;
  /** Resolves when the socket is closed. */
  readonly ended: Promise<CloseResult>;
  readonly #endpoint: Endpoint;
  #closeReason = '';
  #wake: () => void = () => undefined;

  private constructor(place: Endpoint, socket: WebSocket, { id, token }: Identity) {
    this.#endpoint = place;
    this.socket = socket;
    this.id = id;
    this.token = token;
    socket.on('message', (bytes, isBinary) => {
      this.unread.push((bytes as Buffer).toString('utf8'));
      this.kinds.push(isBinary ? 'binary' : 'text');
      this.#wake();
    });
    this.ended = new Promise((resolve) =>
      socket.once('close', (code, why) => {
        this.#closeReason = ` with ${code} ${why.toString('utf8')}`;
        resolve({ code, why: why.toString('utf8') });
      }),
    );
    void this.ended.then(() => this.#wake());
    // An error is followed by `close`.
    socket.on('error', () => this.#wake());
  }

  /** @throws HandshakeRefused */
  static async open(place: Endpoint, opening: HandshakeOptions, who: Identity = { id: '', token: '' }): Promise<PeerSocket> {
    const { host, port, secure, timeoutMs } = place;
    const url = `${secure ? 'wss' : 'ws'}://${host.includes(':') ? `[${host}]` : host}:${port}${opening.target}`;
    const socket = new WebSocket(url, {
      headers: { ...opening.headers },
      rejectUnauthorized: false,
      maxPayload: 256 * 1024 * 1024,
    });
    const ours = new PeerSocket(place, socket, who);
    try {
      await within(timeoutMs, `a handshake at ${opening.target.slice(0, 80)}`, handshake(socket));
    } catch (error) {
      socket.terminate();
      throw error;
    }
    return ours;
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(frame: unknown): this {
    return this.sendText(JSON.stringify(frame));
  }

  sendText(text: string): this {
    this.socket.send(text);
    return this;
  }

  sendBytes(bytes: Uint8Array): this {
    this.socket.send(bytes, { binary: true });
    return this;
  }

  /** A text frame with bytes that need not be UTF-8. */
  sendTextBytes(bytes: Uint8Array): this {
    this.socket.send(bytes, { binary: false });
    return this;
  }

  sendOffer(dst: string, payload: unknown = randomUUID()): this {
    return this.send({ type: 'OFFER', dst, payload });
  }

  /** The next frame, as JSON. */
  async receive(): Promise<ReceivedFrame> {
    return JSON.parse(await this.receiveText()) as ReceivedFrame;
  }

  async receiveText(patience = this.#endpoint.timeoutMs): Promise<string> {
    const isThere = new Promise<void>((resolve, reject) => {
      const look = () => {
        if (this.unread.length > 0) resolve();
        else if (this.socket.readyState === WebSocket.CLOSED) {
          reject(new Error(`${this.id} was closed${this.#closeReason} before a frame arrived`));
        }
      };
      this.#wake = look;
      look();
    });
    await within(patience, `a frame to ${this.id}`, isThere);
    return this.unread.shift() ?? '';
  }

  async receiveMany(count: number): Promise<ReceivedFrame[]> {
    const frames: ReceivedFrame[] = [];
    while (frames.length < count) frames.push(await this.receive());
    return frames;
  }

  closed(): Promise<CloseResult> {
    return within(this.#endpoint.timeoutMs, `the socket of ${this.id} to be closed`, this.ended);
  }

  ping(): Promise<void> {
    const answered = new Promise<void>((resolve) => this.socket.once('pong', () => resolve()));
    this.socket.ping();
    return within(this.#endpoint.timeoutMs, `a pong to ${this.id}`, answered);
  }

  /** Resolves when the server has read all sent frames, or the socket is closed. */
  async waitUntilReadOrClosed(): Promise<void> {
    if (this.isOpen) await Promise.race([this.ping(), this.ended]);
  }

  /** Sends a close frame, as a browser does, and waits for the server's close frame. */
  async close(): Promise<void> {
    this.socket.close();
    await this.closed();
  }

  /** Stops reading, so that the send buffer of the server fills up. */
  stopReading(): void {
    this.socket.pause();
  }

  /** Ends the connection without a close frame, as after a network failure. */
  cut(): void {
    this.socket.terminate();
  }

  /** Sends a TCP reset, as a host does after a restart. */
  reset(): void {
    const { _socket: bare } = this.socket as unknown as { _socket: Socket };
    bare.resetAndDestroy();
  }
}

function handshake(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.once('close', () => reject(new HandshakeRefused(response.statusCode ?? 0, body)));
    });
  });
}
