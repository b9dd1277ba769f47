import type { ClientRequest, IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import { codeOf } from './timing.ts';

/** A WebSocket whose messages and end are read with timeouts. */
export class ProbeSocket {
  readonly #socket: WebSocket;
  readonly #unread: string[] = [];
  #repeating: NodeJS.Timeout | undefined;
  #wake: () => void = () => undefined;
  /** The HTTP response to the handshake, if it was no 101. */
  refusal: { readonly status: number; readonly body: string } | undefined;
  error: string | undefined;
  closeCode: number | undefined;
  isOpened = false;

  constructor(url: URL, timeout: number, headers: Readonly<Record<string, string>> = {}) {
    const options = { headers, handshakeTimeout: timeout, rejectUnauthorized: false, perMessageDeflate: false };
    this.#socket = new WebSocket(url, options);
    this.#socket.on('open', () => this.#changed(() => (this.isOpened = true)));
    this.#socket.on('message', (data: Buffer) => this.#changed(() => this.#unread.push(data.toString())));
    this.#socket.on('close', (code) => this.#changed(() => (this.closeCode = code)));
    this.#socket.on('error', (error) => this.#changed(() => (this.error ??= readableCode(error))));
    this.#socket.on('unexpected-response', (request, response) => void this.#refused(request, response));
  }

  send(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  /** Sends a text in each interval until `close`. */
  repeat(text: string, interval: number): void {
    this.#repeating = setInterval(() => this.send(text), interval);
  }

  /** The next message; undefined after the timeout, or if the socket ends first. */
  async next(timeout: number): Promise<string | undefined> {
    const deadline = performance.now() + timeout;
    while (this.#unread.length === 0 && !this.isEnded && performance.now() < deadline) {
      await this.#change(deadline - performance.now());
    }
    return this.#unread.shift();
  }

  /** The next message that a function accepts. */
  async nextWhere(timeout: number, accepts: (text: string) => boolean): Promise<string | undefined> {
    const deadline = performance.now() + timeout;
    for (;;) {
      const text = await this.next(Math.max(0, deadline - performance.now()));
      if (text === undefined || accepts(text)) return text;
    }
  }

  /** Resolves when the socket has ended, or after the timeout. */
  async ended(timeout: number): Promise<void> {
    const deadline = performance.now() + timeout;
    while (!this.isEnded && performance.now() < deadline) await this.#change(deadline - performance.now());
  }

  /** Waits for the end of the handshake. */
  async opened(timeout: number): Promise<boolean> {
    const deadline = performance.now() + timeout;
    while (!this.isOpened && !this.isEnded && performance.now() < deadline) await this.#change(deadline - performance.now());
    return this.isOpened;
  }

  get isEnded(): boolean {
    return this.refusal !== undefined || this.closeCode !== undefined;
  }

  close(): void {
    clearInterval(this.#repeating);
    this.#socket.terminate();
  }

  #changed(change: () => void): void {
    change();
    this.#wake();
  }

  #change(timeout: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, timeout));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #refused(request: ClientRequest, response: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    await new Promise((resolve) => response.once('end', resolve).once('error', resolve).once('close', resolve));
    this.#changed(() => (this.refusal = { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    request.destroy();
  }
}

/** The handshake timeout of the library has no code. */
function readableCode(error: Error): string {
  return /timed out/.test(error.message) ? 'ETIMEDOUT' : codeOf(error);
}
