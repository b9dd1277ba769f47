import type { StreamHead } from '../../../application/ports/requests.ts';
import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import type { Reports } from '../shared/reports.ts';
import { STREAM_CLOSED, STREAM_LEFT, STREAM_UNREAD } from '../shared/goodbyes.ts';
import { CLOSE_GRACE } from '../shared/settings.ts';
import type { Corked } from '../shared/turn-end.ts';
import { setHead, type Answering } from './http.ts';
import { withSocket } from './line.ts';
import { type Home, unreadBytes } from './socket.ts';

/** One answer of `node:http` that stays open. What one turn of the event loop brings leaves in one write. */
export class NodeStream implements Socket, Corked {
  readonly #response: Answering['response'];
  readonly #line: Answering['line'];
  readonly #reports: Reports;
  readonly #home: Home;
  #waiting: SignalMessage[] | undefined = undefined;

  constructor({ response, line }: Answering, { reports, home }: { readonly reports: Reports; readonly home: Home }) {
    this.#response = response;
    this.#line = line;
    response.on('drain', () => reports.unread(0));
    this.#reports = reports;
    this.#home = home;
  }

  begin(head: StreamHead): void {
    const response = this.#response;
    // It may be silent for longer than any request takes; and nothing comes after it.
    withSocket(response, (socket) => void socket.setTimeout(0));
    this.#line.streams();
    response.shouldKeepAlive = false;
    setHead(response, head);
    response.flushHeaders();
    this.#reports.opened(this);
  }

  write(text: Uint8Array, message?: SignalMessage): WriteOutcome {
    const response = this.#response;
    if (!this.#isOpen) return 'gone';
    if (this.#isTooFarBehind(text.length)) {
      this.#reports.hearNoMore(STREAM_UNREAD);
      this.#response.destroy();
      return 'gone';
    }
    if (this.#waiting === undefined) {
      this.#waiting = [];
      response.cork();
      this.#home.turnEnd.awaitedBy(this);
    }
    if (message !== undefined) this.#waiting.push(message);
    response.write(Buffer.from(text));
    return response.writableNeedDrain ? 'queued' : 'sent';
  }

  uncork(): void {
    if (this.#waiting === undefined) return;
    this.#waiting = undefined;
    this.#response.uncork();
    this.#reports.unread(unreadBytes(this.#response));
  }

  ping(): void {
    // A stream has no word for it.
  }

  /** Neither code nor reason can be told. */
  close(): void {
    if (!this.#isOpen) return;
    this.#reports.hearNoMore(STREAM_CLOSED);
    this.uncork();
    this.#response.end();
    setTimeout(() => this.#line.cut(), CLOSE_GRACE).unref();
  }

  pause(): void {
    // It hears nothing anyway.
  }

  resume(): void {
    // See `pause`.
  }

  /** The answer is over, or its far end has gone. */
  ended(): void {
    for (const message of this.#waiting ?? []) this.#reports.unsent(message);
    this.#waiting = undefined;
    this.#reports.closed(STREAM_LEFT);
  }

  /** Ends it without a word: nothing else is answered on its connection. */
  cut(): void {
    this.#reports.hearNoMore(STREAM_CLOSED);
    this.#line.cut();
  }

  get #isOpen(): boolean {
    return !this.#line.isGone && !this.#response.destroyed && !this.#response.writableEnded;
  }

  /** What waits for the end of the turn may all leave at once: whether it does is seen before it is judged. */
  #isTooFarBehind(added: number): boolean {
    const { sendBufferBytes } = this.#home.limits;
    if (this.#response.writableLength + added > sendBufferBytes) this.uncork();
    const unread = this.#response.writableLength;
    return unread > 0 && unread + added > sendBufferBytes;
  }
}
