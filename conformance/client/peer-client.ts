import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import WebSocket from 'ws';
import { Failed, NotTestable } from '../outcomes.ts';
import type { Profile } from '../profile.ts';
import { sleep, withTimeout } from '../waiting.ts';
import { clientPayload, markerOf } from './client-payload.ts';
import { parseFrame, type Frame } from './parse-frame.ts';
import type { Transcript } from './transcript.ts';

export type { Frame } from './parse-frame.ts';

/** A received frame, unparsed. */
export interface RawFrame {
  readonly text: string;
  readonly isBinary: boolean;
  /** The bytes of a binary frame. */
  readonly bytes?: Buffer;
}

/** The close event: code 1005 means no status code, 1006 means no close frame. */
export interface SocketClose {
  readonly code: number;
  readonly reason: string;
}

/** The server answered the handshake with an HTTP status other than 101. */
export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused';
  readonly status: number;

  constructor(status: number, body: string) {
    super(`the server refused the handshake with ${status} ${body.slice(0, 80)}`);
    this.status = status;
  }
}

/** Options for opening a socket. */
export interface ClientOptions {
  /** The name in the transcript. */
  readonly name: string;
  /** The request target: path and query. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The id that the socket registers; empty if the case tests the query itself. */
  readonly id: string;
  readonly token: string;
  /** Whether pings of the server are answered, as every browser does. */
  readonly answersPings?: boolean;
  /** The subprotocol that is offered. */
  readonly protocol?: string;
}

/** How long the suite waits for a reaction that a server need not show. */
const SETTLE_MS = 1_000;
const MAX_FRAME_BYTES = 256 * 1024 * 1024;

/** A WebSocket client that represents one peer. */
export class PeerClient {
  readonly name: string;
  readonly id: string;
  readonly token: string;
  /** Frames that have arrived and have not been received by the case yet. */
  readonly unread: RawFrame[] = [];
  /** Resolves when the socket closes, for any reason. */
  readonly ended: Promise<SocketClose>;
  readonly #socket: WebSocket;
  readonly #patience: number;
  readonly #transcript: Transcript;
  #onChange: () => void = () => undefined;

  private constructor(
    server: Profile,
    transcript: Transcript,
    { name, target, headers, id, token, answersPings, protocol }: ClientOptions,
  ) {
    this.name = name;
    this.id = id;
    this.token = token;
    this.#patience = server.patience;
    this.#transcript = transcript;
    const host = server.host.includes(':') ? `[${server.host}]` : server.host;
    this.#socket = new WebSocket(`${server.secure ? 'wss' : 'ws'}://${host}:${server.port}${target}`, protocol, {
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

  /** @throws HandshakeRefused; Failed after the patience; a Node.js error if the connection fails. */
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

  /** Sends a text frame whose bytes may be invalid UTF-8. */
  sendTextBytes(bytes: Uint8Array): this {
    this.#transcript.sent(this.name, `(bytes as text) ${Buffer.from(bytes).toString('latin1')}`);
    this.#socket.send(bytes, { binary: false });
    return this;
  }

  /** Sends one message in several WebSocket frames. */
  sendFragments(parts: readonly string[]): this {
    this.#transcript.sent(this.name, `(${parts.length} fragments) ${parts.join('')}`);
    parts.forEach((part, i) => this.#socket.send(part, { fin: i === parts.length - 1 }));
    return this;
  }

  /** Sends a message with the payload of a client. `receive` returns its marker as the payload. */
  sendMessage(type: string, dst: string, marker: unknown = randomUUID()): this {
    return this.send({ type, dst, payload: clientPayload(type, marker) });
  }

  sendOffer(dst: string, marker?: unknown): this {
    return this.sendMessage('OFFER', dst, marker);
  }

  /** Returns the next frame, with the marker as its payload (`sendMessage`). @throws Failed after the patience, or if not JSON */
  async receive(patience: number = this.#patience): Promise<Frame> {
    const text = await this.receiveText(patience);
    const frame = parseFrame(text);
    if (frame === undefined) throw new Failed(`${this.name} received a frame that is not a JSON object: ${text.slice(0, 100)}`);
    return 'payload' in frame ? { ...frame, payload: markerOf(frame['type'], frame['payload']) } : frame;
  }

  /** Returns the text of the next frame. @throws Failed after the patience */
  async receiveText(patience: number = this.#patience): Promise<string> {
    return (await this.receiveRaw(patience)).text;
  }

  /** Returns the next frame with its type. @throws Failed after the patience */
  async receiveRaw(patience: number = this.#patience): Promise<RawFrame> {
    const isThere = new Promise<RawFrame>((resolve, reject) => {
      const look = (): void => {
        const frame = this.unread.shift();
        if (frame !== undefined) {
          this.#onChange = () => undefined;
          resolve(frame);
        } else if (this.#socket.readyState === WebSocket.CLOSED) {
          reject(new Failed(`the socket of ${this.name} was closed before a frame arrived`));
        }
      };
      this.#onChange = look;
      look();
    });
    try {
      return await withTimeout(patience, `a frame for ${this.name}`, isThere);
    } finally {
      this.#onChange = () => undefined;
    }
  }

  /** Returns the next `count` frames. @throws Failed */
  async receiveMany(count: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    while (frames.length < count) frames.push(await this.receive());
    return frames;
  }

  /** Waits for the socket to close. @throws Failed after the patience */
  waitForClose(): Promise<SocketClose> {
    return withTimeout(this.#patience, `the server to close the socket of ${this.name}`, this.ended);
  }

  /** Sends a WebSocket ping and waits for the pong. @returns the data of the pong. @throws Failed */
  ping(data = ''): Promise<string> {
    const answered = new Promise<string>((resolve) => this.#socket.once('pong', (bytes) => resolve(bytes.toString('latin1'))));
    this.sendPing(data);
    return withTimeout(this.#patience, `a pong for ${this.name}`, answered);
  }

  sendPing(data = ''): void {
    this.#transcript.sent(this.name, `(ping) ${data}`.trimEnd());
    this.#socket.ping(data);
  }

  /** Waits for the next ping of the server. @throws Failed after the patience */
  waitForPing(): Promise<void> {
    const pinged = new Promise<void>((resolve) => this.#socket.once('ping', () => resolve()));
    return withTimeout(this.#patience, `a ping for ${this.name}`, pinged);
  }

  /** Waits until the server has read all frames sent so far, or has closed the socket; for a limited time without a pong. */
  async waitUntilReadOrClosed(ms: number = SETTLE_MS): Promise<void> {
    if (!this.isOpen) return;
    const answered = new Promise<void>((resolve) => this.#socket.once('pong', () => resolve()));
    this.sendPing();
    await Promise.race([answered, this.ended, sleep(ms)]);
  }

  /** Waits until a frame has arrived or the socket is closed; at most a second. Leaves the frame unread. */
  async waitUntilAnswered(): Promise<void> {
    if (this.unread.length > 0 || !this.isOpen) return;
    const arrived = new Promise<void>((resolve) => this.#socket.once('message', () => resolve()));
    await Promise.race([arrived, this.ended, sleep(SETTLE_MS)]);
  }

  /** Closes with a closing handshake, like a browser. A server that does not answer is left after a second. */
  async close(): Promise<void> {
    if (this.isOpen) this.#transcript.noted(this.name, 'closes its socket');
    if (this.#socket.isPaused) this.#socket.terminate();
    else this.#socket.close();
    await Promise.race([this.ended, sleep(SETTLE_MS)]);
    this.#socket.terminate();
    await this.ended;
  }

  /** Applies back-pressure: bytes accumulate on the server. */
  pauseReading(): void {
    this.#transcript.noted(this.name, 'stops reading');
    this.#socket.pause();
  }

  /** Destroys the connection without a closing handshake, like a network failure. No effect after the close. */
  terminate(): void {
    if (this.isOpen) this.#transcript.noted(this.name, 'destroys its connection');
    this.#socket.terminate();
  }

  /** Sends a TCP reset, like a rebooted host. @throws NotTestable over TLS */
  reset(): void {
    if (this.#socket.url.startsWith('wss:')) {
      throw new NotTestable('requires a server without TLS: the suite cannot reset a TLS connection');
    }
    this.#transcript.noted(this.name, 'resets its connection');
    const { _socket: bare } = this.#socket as unknown as { _socket: Socket };
    bare.resetAndDestroy();
  }

  #attach(): Promise<SocketClose> {
    this.#socket.on('message', (bytes, isBinary) => {
      const text = (bytes as Buffer).toString('utf8');
      this.#transcript.received(this.name, isBinary ? `(binary) ${text}` : text);
      this.unread.push({ text, isBinary, ...(isBinary && { bytes: bytes as Buffer }) });
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
