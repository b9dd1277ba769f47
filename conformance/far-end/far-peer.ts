import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import WebSocket from 'ws';
import { Failed, NotTestable } from '../outcomes.ts';
import type { Profile } from '../profile.ts';
import { within } from '../waiting.ts';
import type { Transcript } from './transcript.ts';

/** A frame that the server sent, as JSON. */
export type Frame = Readonly<Record<string, unknown>>;

/** A frame that the server sent, as it came. */
export interface RawFrame {
  readonly text: string;
  readonly isBinary: boolean;
}

/** How a socket was closed: 1005 where no code came, 1006 where no close frame came. */
export interface Closing {
  readonly code: number;
  readonly why: string;
}

/** The server answered a handshake with an HTTP status instead of a socket. */
export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused';
  readonly status: number;

  constructor(status: number, body: string) {
    super(`the handshake was refused with ${status} ${body.slice(0, 80)}`);
    this.status = status;
  }
}

/** What a socket is opened with. */
export interface Opening {
  /** What the transcript calls it. */
  readonly name: string;
  /** All of the target: path and query. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whom the socket speaks for; empty where that is part of the question. */
  readonly id: string;
  readonly token: string;
  /** Whether pings of the server are answered, as by every browser. */
  readonly answersPings?: boolean;
}

const LARGEST_FRAME = 256 * 1024 * 1024;

/** A WebSocket at the server's far end that speaks for one peer. */
export class FarPeer {
  readonly name: string;
  readonly id: string;
  readonly token: string;
  /** Frames that were not asked for yet, as they came. */
  readonly unheard: RawFrame[] = [];
  /** How it was closed, whenever that is. */
  readonly ended: Promise<Closing>;
  readonly #socket: WebSocket;
  readonly #patience: number;
  readonly #transcript: Transcript;
  #wake: () => void = () => undefined;

  private constructor(server: Profile, transcript: Transcript, { name, target, headers, id, token, answersPings }: Opening) {
    this.name = name;
    this.id = id;
    this.token = token;
    this.#patience = server.patience;
    this.#transcript = transcript;
    const host = server.host.includes(':') ? `[${server.host}]` : server.host;
    this.#socket = new WebSocket(`${server.secure ? 'wss' : 'ws'}://${host}:${server.port}${target}`, {
      headers: { ...headers },
      rejectUnauthorized: !server.trustsAnyCertificate,
      maxPayload: LARGEST_FRAME,
      autoPong: answersPings ?? true,
    });
    transcript.noted(
      name,
      `opens ${target}${Object.entries(headers ?? {})
        .map((pair) => `, ${pair.join(': ')}`)
        .join('')}`,
    );
    this.ended = this.#listens();
  }

  /** @throws HandshakeRefused, Failed where no answer comes, what Node throws where no connection comes about. */
  static async open(server: Profile, transcript: Transcript, opening: Opening): Promise<FarPeer> {
    const peer = new FarPeer(server, transcript, opening);
    try {
      await within(server.patience, `a handshake at ${opening.target.slice(0, 80)}`, peer.#handshake());
    } catch (error) {
      peer.#socket.terminate();
      throw error;
    }
    return peer;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  sends(frame: unknown): this {
    return this.sendsText(JSON.stringify(frame));
  }

  sendsText(text: string): this {
    this.#transcript.sent(this.name, text);
    this.#socket.send(text);
    return this;
  }

  sendsBytes(bytes: Uint8Array): this {
    this.#transcript.sent(this.name, `(binary) ${Buffer.from(bytes).toString('latin1')}`);
    this.#socket.send(bytes, { binary: true });
    return this;
  }

  /** A text frame with bytes that need not be UTF-8. */
  sendsTextBytes(bytes: Uint8Array): this {
    this.#transcript.sent(this.name, `(bytes as text) ${Buffer.from(bytes).toString('latin1')}`);
    this.#socket.send(bytes, { binary: false });
    return this;
  }

  /** One message in several frames. */
  sendsFragments(parts: readonly string[]): this {
    this.#transcript.sent(this.name, `(${parts.length} fragments) ${parts.join('')}`);
    parts.forEach((part, i) => this.#socket.send(part, { fin: i === parts.length - 1 }));
    return this;
  }

  offers(dst: string, payload: unknown = randomUUID()): this {
    return this.sends({ type: 'OFFER', dst, payload });
  }

  /** The next frame, as JSON. @throws Failed where none comes, or one that is no JSON object. */
  async hears(patience: number = this.#patience): Promise<Frame> {
    const text = await this.hearsText(patience);
    const frame = parsed(text);
    if (frame === undefined) throw new Failed(`${this.name} heard what is no JSON object: ${text.slice(0, 100)}`);
    return frame;
  }

  /** The next frame, as it came. @throws Failed where none comes. */
  async hearsText(patience: number = this.#patience): Promise<string> {
    return (await this.hearsRaw(patience)).text;
  }

  /** The next frame, as it came, and how. @throws Failed where none comes. */
  async hearsRaw(patience: number = this.#patience): Promise<RawFrame> {
    const isThere = new Promise<RawFrame>((resolve, reject) => {
      const look = (): void => {
        const frame = this.unheard.shift();
        if (frame !== undefined) {
          this.#wake = () => undefined;
          resolve(frame);
        } else if (this.#socket.readyState === WebSocket.CLOSED) {
          reject(new Failed(`${this.name} was closed before a frame came`));
        }
      };
      this.#wake = look;
      look();
    });
    try {
      return await within(patience, `a frame to ${this.name}`, isThere);
    } finally {
      this.#wake = () => undefined;
    }
  }

  /** So many frames. @throws Failed */
  async hearsAll(count: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    while (frames.length < count) frames.push(await this.hears());
    return frames;
  }

  /** How the server closed it. @throws Failed where it stays open. */
  closed(): Promise<Closing> {
    return within(this.#patience, `the socket of ${this.name} to be closed`, this.ended);
  }

  /** A WebSocket ping and its answer. @throws Failed */
  pings(): Promise<void> {
    const answered = new Promise<void>((resolve) => this.#socket.once('pong', () => resolve()));
    this.sendsPing();
    return within(this.#patience, `a pong to ${this.name}`, answered);
  }

  sendsPing(): void {
    this.#transcript.sent(this.name, '(ping)');
    this.#socket.ping();
  }

  /** The server's next ping. @throws Failed where none comes. */
  isPinged(): Promise<void> {
    const pinged = new Promise<void>((resolve) => this.#socket.once('ping', () => resolve()));
    return within(this.#patience, `a ping to ${this.name}`, pinged);
  }

  /** What it sent was read by the server, or never will be. */
  async isReadOrClosed(): Promise<void> {
    if (this.isOpen) await Promise.race([this.pings(), this.ended]);
  }

  /** Closes like a browser, and waits for the server's side. @throws Failed */
  async leaves(): Promise<void> {
    this.#transcript.noted(this.name, 'closes its socket');
    this.#socket.close();
    await this.closed();
  }

  /** Lets the far end's bytes pile up. */
  stopsReading(): void {
    this.#transcript.noted(this.name, 'stops reading');
    this.#socket.pause();
  }

  /** As a network does that goes away: no closing handshake. Harmless when it is closed. */
  cut(): void {
    if (this.isOpen) this.#transcript.noted(this.name, 'is cut');
    this.#socket.terminate();
  }

  /** As a host does that has lost its memory of the connection: a TCP reset. @throws NotTestable over TLS. */
  resets(): void {
    if (this.#socket.url.startsWith('wss:')) throw new NotTestable('a connection over TLS can not be reset from here');
    this.#transcript.noted(this.name, 'resets its connection');
    const { _socket: bare } = this.#socket as unknown as { _socket: Socket };
    bare.resetAndDestroy();
  }

  #listens(): Promise<Closing> {
    this.#socket.on('message', (bytes, isBinary) => {
      const text = (bytes as Buffer).toString('utf8');
      this.#transcript.heard(this.name, isBinary ? `(binary) ${text}` : text);
      this.unheard.push({ text, isBinary });
      this.#wake();
    });
    // `close` follows.
    this.#socket.on('error', (error) => this.#transcript.noted(this.name, error.message));
    return new Promise((resolve) => {
      this.#socket.once('close', (code, why) => {
        this.#transcript.noted(this.name, `closed with ${code} ${why.toString('utf8')}`.trimEnd());
        resolve({ code, why: why.toString('utf8') });
        this.#wake();
      });
    });
  }

  #handshake(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.once('open', () => resolve());
      this.#socket.once('error', reject);
      this.#socket.once('unexpected-response', (_request, response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.once('close', () => reject(new HandshakeRefused(response.statusCode ?? 0, body)));
      });
    });
  }
}

function parsed(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Frame) : undefined;
  } catch {
    return undefined;
  }
}
