import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import WebSocket from 'ws';
import type { Place } from './http.ts';
import { within } from './until.ts';

/** A frame that a server sent, as JSON. */
export type Heard = Readonly<Record<string, unknown>>;

export interface Closing {
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

/** What a socket is opened with. */
export interface Opening {
  /** All of the target: path and query. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whom a socket speaks for. */
export interface Identity {
  readonly id: string;
  readonly token: string;
}

/** A raw WebSocket that speaks for one peer. */
export class PeerSocket {
  readonly id: string;
  readonly token: string;
  /** Frames that were not asked for yet, as they came. */
  readonly unheard: string[] = [];
  /** How each frame came that is in `unheard`, or was. */
  readonly kinds: ('text' | 'binary')[] = [];
  readonly socket: WebSocket;
  /** How it was closed, whenever that is. */
  readonly ended: Promise<Closing>;
  readonly #place: Place;
  #ending = '';
  #wake: () => void = () => undefined;

  private constructor(place: Place, socket: WebSocket, { id, token }: Identity) {
    this.#place = place;
    this.socket = socket;
    this.id = id;
    this.token = token;
    socket.on('message', (bytes, isBinary) => {
      this.unheard.push((bytes as Buffer).toString('utf8'));
      this.kinds.push(isBinary ? 'binary' : 'text');
      this.#wake();
    });
    this.ended = new Promise((resolve) =>
      socket.once('close', (code, why) => {
        this.#ending = ` with ${code} ${why.toString('utf8')}`;
        resolve({ code, why: why.toString('utf8') });
      }),
    );
    void this.ended.then(() => this.#wake());
    // A cut connection; `close` follows.
    socket.on('error', () => this.#wake());
  }

  /** @throws HandshakeRefused */
  static async open(place: Place, opening: Opening, who: Identity = { id: '', token: '' }): Promise<PeerSocket> {
    const { host, port, secure, patience } = place;
    const url = `${secure ? 'wss' : 'ws'}://${host.includes(':') ? `[${host}]` : host}:${port}${opening.target}`;
    const socket = new WebSocket(url, {
      headers: { ...opening.headers },
      rejectUnauthorized: false,
      maxPayload: 256 * 1024 * 1024,
    });
    const ours = new PeerSocket(place, socket, who);
    try {
      await within(patience, `a handshake at ${opening.target.slice(0, 80)}`, handshake(socket));
    } catch (error) {
      socket.terminate();
      throw error;
    }
    return ours;
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  sends(frame: unknown): this {
    return this.sendsText(JSON.stringify(frame));
  }

  sendsText(text: string): this {
    this.socket.send(text);
    return this;
  }

  sendsBytes(bytes: Uint8Array): this {
    this.socket.send(bytes, { binary: true });
    return this;
  }

  /** A text frame with bytes that need not be UTF-8. */
  sendsTextBytes(bytes: Uint8Array): this {
    this.socket.send(bytes, { binary: false });
    return this;
  }

  offers(dst: string, payload: unknown = randomUUID()): this {
    return this.sends({ type: 'OFFER', dst, payload });
  }

  /** The next frame, as JSON. */
  async hears(): Promise<Heard> {
    return JSON.parse(await this.hearsText()) as Heard;
  }

  async hearsText(patience = this.#place.patience): Promise<string> {
    const isThere = new Promise<void>((resolve, reject) => {
      const look = () => {
        if (this.unheard.length > 0) resolve();
        else if (this.socket.readyState === WebSocket.CLOSED) {
          reject(new Error(`${this.id} was closed${this.#ending} before a frame came`));
        }
      };
      this.#wake = look;
      look();
    });
    await within(patience, `a frame to ${this.id}`, isThere);
    return this.unheard.shift() ?? '';
  }

  async hearsAll(count: number): Promise<Heard[]> {
    const frames: Heard[] = [];
    while (frames.length < count) frames.push(await this.hears());
    return frames;
  }

  closed(): Promise<Closing> {
    return within(this.#place.patience, `the socket of ${this.id} to be closed`, this.ended);
  }

  pings(): Promise<void> {
    const answered = new Promise<void>((resolve) => this.socket.once('pong', () => resolve()));
    this.socket.ping();
    return within(this.#place.patience, `a pong to ${this.id}`, answered);
  }

  /** What it sent was read by the server, or never will be. */
  async isReadOrClosed(): Promise<void> {
    if (this.isOpen) await Promise.race([this.pings(), this.ended]);
  }

  /** Closes like a browser, and waits for the server's side. */
  async leaves(): Promise<void> {
    this.socket.close();
    await this.closed();
  }

  /** Lets the far end's bytes pile up. */
  stopsReading(): void {
    this.socket.pause();
  }

  /** As a network does that goes away: no closing handshake. */
  cut(): void {
    this.socket.terminate();
  }

  /** As a host does that has lost its memory of the connection: a TCP reset. */
  resets(): void {
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
