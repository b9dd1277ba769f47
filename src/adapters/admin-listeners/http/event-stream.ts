import type { ServerResponse } from 'node:http';

/** Bytes that a reader may leave unread. Further lines are dropped and counted. */
const MAX_UNREAD_BYTES = 256 * 1024;
const MAX_LINES_PER_SECOND = 200;
const SECOND_MS = 1_000;

/** Server-sent events of the admin listener. A slow reader loses lines, and learns how many. */
export class EventStream {
  static readonly HEADERS = { 'content-type': 'text/event-stream' };
  readonly #response: ServerResponse;
  #lines = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout;

  /** @param onClosed called once, when the reader has gone or the stream was ended. */
  constructor(response: ServerResponse, headers: Readonly<Record<string, string>>, onClosed: () => void) {
    this.#response = response;
    response.socket?.setTimeout(0);
    response.writeHead(200, { ...headers, ...EventStream.HEADERS });
    response.write(': open\n\n');
    this.#timer = setInterval(() => this.#endSecond(), SECOND_MS).unref();
    response.once('close', () => {
      clearInterval(this.#timer);
      onClosed();
    });
  }

  send(event: string, value: unknown): void {
    this.#lines += 1;
    if (this.#lines > MAX_LINES_PER_SECOND || this.#response.writableLength > MAX_UNREAD_BYTES) this.#dropped += 1;
    else this.#response.write(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`);
  }

  end(): void {
    this.#response.end();
  }

  /** A comment shows that the stream is alive, so that a connection without a reader is noticed. */
  #endSecond(): void {
    if (this.#lines === 0 && this.#response.writableLength === 0) this.#response.write(':\n\n');
    this.#lines = 0;
    if (this.#dropped === 0 || this.#response.writableLength > MAX_UNREAD_BYTES) return;
    this.#response.write(`event: dropped\ndata: ${JSON.stringify({ lines: this.#dropped })}\n\n`);
    this.#dropped = 0;
  }
}
