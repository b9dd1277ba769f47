import type { HttpResponse } from 'uWebSockets.js';
import type { StreamHead } from '../../../application/ports/requests.ts';
import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { STREAM_CLOSED, STREAM_DISCONNECTED, STREAM_TOO_SLOW } from '../shared/close-frames.ts';
import type { ConnectionReporter } from '../shared/connection-reporter.ts';
import type { PerConnectionLimits } from '../shared/settings.ts';
import type { Corked, TurnEnd } from '../shared/turn-end.ts';
import { writeHead } from './http.ts';

/** What all streams of a transport have in common. */
export interface StreamContext {
  readonly turnEnd: TurnEnd;
  readonly limits: PerConnectionLimits;
}

/** One answer of uWebSockets.js that stays open. What one turn of the event loop brings leaves in one write. */
export class UwsStream implements Socket, Corked {
  #response: HttpResponse | undefined;
  readonly #reporter: ConnectionReporter;
  readonly #context: StreamContext;
  readonly #texts: Uint8Array[] = [];
  readonly #messages: SignalMessage[] = [];
  #waitingBytes = 0;
  /**
   * What was written since the library last had nothing left to send. It does not tell how much of
   * that has left: who never catches up is ended when this is the buffer, which is early, not late.
   */
  #unsentBytes = 0;

  constructor(response: HttpResponse, { reports, home }: { readonly reports: ConnectionReporter; readonly home: StreamContext }) {
    this.#response = response;
    this.#reporter = reports;
    this.#context = home;
  }

  /** The head leaves with the first text. */
  start(head: StreamHead): void {
    this.#response?.cork(() => {
      // Asked to close it at the end, the library would say so in the middle of the body.
      if (this.#response !== undefined) {
        writeHead(this.#response, { ...head, headers: [...head.headers, ['connection', 'close']] });
      }
      this.#reporter.opened(this);
      this.#send();
    });
  }

  write(text: Uint8Array, message?: SignalMessage): WriteOutcome {
    if (this.#response === undefined) return 'gone';
    const { sendBufferBytes } = this.#context.limits;
    // What waits may all leave at once. Before it fills the buffer, we look whether it does.
    if (this.#waitingBytes + text.length > sendBufferBytes / 2) this.uncork();
    if (this.#unsentBytes > 0 && this.#unsentBytes + this.#waitingBytes + text.length > sendBufferBytes) {
      this.#reporter.stopReporting(STREAM_TOO_SLOW);
      this.terminate();
      return 'gone';
    }
    if (this.#texts.length === 0) this.#context.turnEnd.schedule(this);
    this.#texts.push(Uint8Array.from(text));
    this.#waitingBytes += text.length;
    if (message !== undefined) this.#messages.push(message);
    return this.#unsentBytes > 0 ? 'queued' : 'sent';
  }

  uncork(): void {
    this.#response?.cork(() => this.#send());
  }

  ping(): void {
    // A stream has no word for it.
  }

  /** Neither code nor reason can be told. */
  close(): void {
    const response = this.#response;
    if (response === undefined) return;
    this.uncork();
    this.#response = undefined;
    this.#reporter.stopReporting(STREAM_CLOSED);
    response.cork(() => response.end());
    this.#reporter.closed(STREAM_CLOSED);
  }

  pause(): void {
    // It hears nothing anyway.
  }

  resume(): void {
    // See `pause`.
  }

  /** Ends it without a word: the library reports it as any other end. */
  terminate(): void {
    this.#response?.close();
  }

  /** The far end has gone. */
  closed(): void {
    if (this.#response === undefined) return;
    this.#response = undefined;
    for (const message of this.#messages) this.#reporter.unsent(message);
    this.#reporter.closed(STREAM_DISCONNECTED);
  }

  #send(): void {
    if (this.#texts.length === 0 || this.#response === undefined) return;
    const text = this.#texts.length === 1 ? (this.#texts[0] as Uint8Array) : Buffer.concat(this.#texts);
    this.#texts.length = 0;
    this.#messages.length = 0;
    this.#waitingBytes = 0;
    this.#unsentBytes = this.#response.write(text) ? 0 : this.#unsentBytes + text.length;
    this.#reporter.unreadBytes(this.#unsentBytes);
  }
}
