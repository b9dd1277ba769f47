import WebSocket from 'ws';
import { HandshakeRefused } from '../client/peer-client.ts';
import type { Transcript } from '../client/transcript.ts';
import type { Profile } from '../profile.ts';
import { withTimeout } from '../waiting.ts';
import type { Credentials } from './client-connection.ts';

/** Receives the events of a socket. */
export interface SocketListener {
  received(text: string, isBinary: boolean): void;
  closed(code: number): void;
  /** Another property has changed. */
  changed(): void;
}

type Report = (listener: SocketListener) => void;

/** A WebSocket that buffers its events until a listener is attached. */
export class ClientSocket {
  /** The number of the last answered ping. */
  lastPong = 0;
  /** The first received frame. */
  firstFrame: string | undefined;
  isClosed = false;
  readonly #socket: WebSocket;
  readonly #name: string;
  readonly #transcript: Transcript;
  readonly #buffered: Report[] = [];
  #listener: SocketListener | undefined;

  private constructor(socket: WebSocket, name: string, transcript: Transcript) {
    this.#socket = socket;
    this.#name = name;
    this.#transcript = transcript;
    socket.on('message', (bytes, isBinary) => this.#receive((bytes as Buffer).toString('utf8'), isBinary));
    socket.on('pong', (bytes) => this.#handlePong(Number(bytes.toString())));
    socket.on('close', (code) => this.#handleClose(code));
    // `close` follows.
    socket.on('error', (error) => transcript.noted(name, error.message));
  }

  /** @throws HandshakeRefused; Failed after the patience; a Node.js error if the connection fails. */
  static async open(
    server: Profile,
    who: Credentials & { readonly name: string },
    transcript: Transcript,
  ): Promise<ClientSocket> {
    const target = targetOf(server, who);
    const host = server.host.includes(':') ? `[${server.host}]` : server.host;
    const socket = new WebSocket(`${server.secure ? 'wss' : 'ws'}://${host}:${server.port}${target}`, {
      rejectUnauthorized: !server.trustsAnyCertificate,
      perMessageDeflate: false,
    });
    transcript.noted(who.name, `opens ${target}`);
    const connection = new ClientSocket(socket, who.name, transcript);
    try {
      await withTimeout(server.patience, `a handshake at ${target}`, handshake(socket));
    } catch (error) {
      socket.terminate();
      throw error;
    }
    return connection;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Delivers the buffered events, then all later ones. */
  reportTo(listener: SocketListener): void {
    this.#listener = listener;
    for (const report of this.#buffered.splice(0)) report(listener);
  }

  /** Resolves after the first frame, the close, or `ms` milliseconds. */
  async waitForDecision(ms: number): Promise<void> {
    if (this.firstFrame !== undefined || this.isClosed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      const decided = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#socket.once('message', decided).once('close', decided);
    });
  }

  /** No effect after the close. */
  send(frame: string | Uint8Array): void {
    if (!this.isOpen) return;
    const isText = typeof frame === 'string';
    this.#transcript.sent(this.#name, isText ? frame : `(binary) ${Buffer.from(frame).toString('latin1')}`);
    this.#socket.send(frame, { binary: !isText });
  }

  /** @param number returned in the pong. */
  ping(number: number): void {
    if (this.isOpen) this.#socket.ping(String(number));
  }

  /** Closes with a closing handshake. */
  close(): void {
    this.#transcript.noted(this.#name, 'closes its socket');
    this.#socket.close();
  }

  /** Destroys the connection, like a network failure. No effect after the close. */
  cut(): void {
    if (this.isOpen) this.#transcript.noted(this.#name, 'destroys its connection');
    this.#socket.terminate();
  }

  #receive(text: string, isBinary: boolean): void {
    this.#transcript.received(this.#name, isBinary ? `(binary) ${text}` : text);
    this.firstFrame ??= text;
    this.#report((listener) => listener.received(text, isBinary));
  }

  #handlePong(number: number): void {
    this.lastPong = Math.max(this.lastPong, number);
    this.#report((listener) => listener.changed());
  }

  #handleClose(code: number): void {
    this.#transcript.noted(this.#name, `closed with ${code}`);
    this.isClosed = true;
    this.#report((listener) => listener.closed(code));
  }

  #report(report: Report): void {
    if (this.#listener === undefined) this.#buffered.push(report);
    else report(this.#listener);
  }
}

function targetOf({ path }: Profile, { realm, id, token }: Credentials): string {
  const query = Object.entries({ key: realm, id, token }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${path}peerjs?${query.join('&')}`;
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
