import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import WebSocket from 'ws';
import { Failed, NotTestable } from '../outcomes.ts';
import type { Profile } from '../profile.ts';
import { withTimeout } from '../waiting.ts';
import type { Transcript } from './transcript.ts';

/** A frame that the server sent, as JSON. */
export type Frame = Readonly<Record<string, unknown>>;

/** A frame that the server sent, as it came. */
export interface RawFrame {
  readonly text: string;
  readonly isBinary: boolean;
}

/** How a socket was closed: 1005 where no code came, 1006 where no close frame came. */
export interface CloseInfo {
  readonly code: number;
  readonly reason: string;
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
export interface ClientOptions {
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

const MAX_FRAME_BYTES = 256 * 1024 * 1024;

/** A WebSocket at the server's far end that speaks for one peer. */
export class PeerClient {
  readonly name: string;
  readonly id: string;
  readonly token: string;
  /** Frames that were not asked for yet, as they came. */
  readonly unread: RawFrame[] = [];
  /** How it was closed, whenever that is. */
  readonly ended: Promise<CloseInfo>;
  readonly #socket: WebSocket;
  readonly #patience: number;
  readonly #transcript: Transcript;
  #onChange: () => void = () => undefined;

  private constructor(
    server: Profile,
    transcript: Transcript,
    { name, target, headers, id, token, answersPings }: ClientOptions,
  ) {
    this.name = name;
    this.id = id;
    this.token = token;
    this.#patience = server.patience;
    this.#transcript = transcript;
    const host = server.host.includes(':') ? `[${server.host}]` : server.host;
    this.#socket = new WebSocket(`${server.secure ? 'wss' : 'ws'}://${host}:${server.port}${target}`, {
      headers: { ...headers },
      rejectUnauthorized: !server.trustsAnyCertificate,
      maxPayload: MAX_FRAME_BYTES,
      autoPong: answersPings ?? true,
    });
    transcript.noted(
      name,
      `opens ${target}${Object.entries(headers ?? {})
        .map((pair) => `, ${pair.join(': ')}`)
        .join('')}`,
    );
    this.ended = this.#attach();
  }

  /** @throws HandshakeRefused, Failed where no answer comes, what Node throws where no connection comes about. */
  static async open(server: Profile, transcript: Transcript, opening: ClientOptions): Promise<PeerClient> {
    const peer = new PeerClient(server, transcript, opening);
    try {
      await withTimeout(server.patience, `a handshake at ${opening.target.slice(0, 80)}`, peer.#handshake());
    } catch (error) {
      peer.#socket.terminate();
      throw error;
    }
    return peer;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(frame: unknown): this {
    return this.sendText(JSON.stringify(frame));
  }

  sendText(text: string): this {
    this.#transcript.sent(this.name, text);
    this.#socket.send(text);
    return this;
  }

  sendBytes(bytes: Uint8Array): this {
    this.#transcript.sent(this.name, `(binary) ${Buffer.from(bytes).toString('latin1')}`);
    this.#socket.send(bytes, { binary: true });
    return this;
  }

  /** A text frame with bytes that need not be UTF-8. */
  sendTextBytes(bytes: Uint8Array): this {
    this.#transcript.sent(this.name, `(bytes as text) ${Buffer.from(bytes).toString('latin1')}`);
    this.#socket.send(bytes, { binary: false });
    return this;
  }

  /** One message in several frames. */
  sendFragments(parts: readonly string[]): this {
    this.#transcript.sent(this.name, `(${parts.length} fragments) ${parts.join('')}`);
    parts.forEach((part, i) => this.#socket.send(part, { fin: i === parts.length - 1 }));
    return this;
  }

  sendOffer(dst: string, payload: unknown = randomUUID()): this {
    return this.send({ type: 'OFFER', dst, payload });
  }

  /** The next frame, as JSON. @throws Failed where none comes, or one that is no JSON object. */
  async receive(patience: number = this.#patience): Promise<Frame> {
    const text = await this.receiveText(patience);
    const frame = parseObject(text);
    if (frame === undefined) throw new Failed(`${this.name} heard what is no JSON object: ${text.slice(0, 100)}`);
    return frame;
  }

  /** The next frame, as it came. @throws Failed where none comes. */
  async receiveText(patience: number = this.#patience): Promise<string> {
    return (await this.receiveRaw(patience)).text;
  }

  /** The next frame, as it came, and how. @throws Failed where none comes. */
  async receiveRaw(patience: number = this.#patience): Promise<RawFrame> {
    const isThere = new Promise<RawFrame>((resolve, reject) => {
      const look = (): void => {
        const frame = this.unread.shift();
        if (frame !== undefined) {
          this.#onChange = () => undefined;
          resolve(frame);
        } else if (this.#socket.readyState === WebSocket.CLOSED) {
          reject(new Failed(`${this.name} was closed before a frame came`));
        }
      };
      this.#onChange = look;
      look();
    });
    try {
      return await withTimeout(patience, `a frame to ${this.name}`, isThere);
    } finally {
      this.#onChange = () => undefined;
    }
  }

  /** So many frames. @throws Failed */
  async receiveMany(count: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    while (frames.length < count) frames.push(await this.receive());
    return frames;
  }

  /** How the server closed it. @throws Failed where it stays open. */
  waitForClose(): Promise<CloseInfo> {
    return withTimeout(this.#patience, `the socket of ${this.name} to be closed`, this.ended);
  }

  /** A WebSocket ping and its answer. @throws Failed */
  ping(): Promise<void> {
    const answered = new Promise<void>((resolve) => this.#socket.once('pong', () => resolve()));
    this.sendPing();
    return withTimeout(this.#patience, `a pong to ${this.name}`, answered);
  }

  sendPing(): void {
    this.#transcript.sent(this.name, '(ping)');
    this.#socket.ping();
  }

  /** The server's next ping. @throws Failed where none comes. */
  waitForPing(): Promise<void> {
    const pinged = new Promise<void>((resolve) => this.#socket.once('ping', () => resolve()));
    return withTimeout(this.#patience, `a ping to ${this.name}`, pinged);
  }

  /** What it sent was read by the server, or never will be. */
  async waitUntilReadOrClosed(): Promise<void> {
    if (this.isOpen) await Promise.race([this.ping(), this.ended]);
  }

  /** Closes like a browser, and waits for the server's side. @throws Failed */
  async close(): Promise<void> {
    this.#transcript.noted(this.name, 'closes its socket');
    this.#socket.close();
    await this.waitForClose();
  }

  /** Lets the far end's bytes pile up. */
  pauseReading(): void {
    this.#transcript.noted(this.name, 'stops reading');
    this.#socket.pause();
  }

  /** As a network does that goes away: no closing handshake. Harmless when it is closed. */
  terminate(): void {
    if (this.isOpen) this.#transcript.noted(this.name, 'is cut');
    this.#socket.terminate();
  }

  /** As a host does that has lost its memory of the connection: a TCP reset. @throws NotTestable over TLS. */
  reset(): void {
    if (this.#socket.url.startsWith('wss:')) throw new NotTestable('a connection over TLS can not be reset from here');
    this.#transcript.noted(this.name, 'resets its connection');
    const { _socket: bare } = this.#socket as unknown as { _socket: Socket };
    bare.resetAndDestroy();
  }

  #attach(): Promise<CloseInfo> {
    this.#socket.on('message', (bytes, isBinary) => {
      const text = (bytes as Buffer).toString('utf8');
      this.#transcript.received(this.name, isBinary ? `(binary) ${text}` : text);
      this.unread.push({ text, isBinary });
      this.#onChange();
    });
    // `close` follows.
    this.#socket.on('error', (error) => this.#transcript.noted(this.name, error.message));
    return new Promise((resolve) => {
      this.#socket.once('close', (code, why) => {
        this.#transcript.noted(this.name, `closed with ${code} ${why.toString('utf8')}`.trimEnd());
        resolve({ code, reason: why.toString('utf8') });
        this.#onChange();
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

function parseObject(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Frame) : undefined;
  } catch {
    return undefined;
  }
}
