import type { HttpResponse } from 'uWebSockets.js';
import type { StreamHead } from '../../../application/ports/requests.ts';
import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { STREAM_CLOSED, STREAM_DISCONNECTED, STREAM_TOO_SLOW } from '../shared/close-frames.ts';
import type { ConnectionReporter } from '../shared/connection-reporter.ts';
import type { PerConnectionLimits } from '../shared/settings.ts';
import type { Corked, TurnEnd } from '../shared/turn-end.ts';
import { writeHead } from './http.ts';
import type { TlsReading } from './tls-reading.ts';

/** Dependencies that all streams of a transport share. */
export interface StreamContext {
  readonly turnEnd: TurnEnd;
  readonly reading: TlsReading;
  readonly limits: PerConnectionLimits;
}

/** One streaming response of uWebSockets.js. All text of one event-loop turn is sent in one write. */
export class UwsStream implements Socket, Corked {
  #response: HttpResponse | undefined;
  readonly #reporter: ConnectionReporter;
  readonly #context: StreamContext;
  readonly #texts: Uint8Array[] = [];
  readonly #messages: SignalMessage[] = [];
  #waitingBytes = 0;
  /**
   * Bytes that were written since the library's buffer was last empty. The library does not report partial progress, so a client
   * that never catches up is closed at this limit: early, never late.
   */
  #unsentBytes = 0;
  #isClosing = false;

  constructor(
    response: HttpResponse,
    { reporter, context }: { readonly reporter: ConnectionReporter; readonly context: StreamContext },
  ) {
    this.#response = response;
    this.#reporter = reporter;
    this.#context = context;
  }

  /** The headers are sent with the first text. */
  start(head: StreamHead): void {
    this.#response?.cork(() => {
      // If the close were requested at the end, the library would write the header into the body.
      if (this.#response !== undefined) {
        writeHead(this.#response, { ...head, headers: [...head.headers, ['connection', 'close']] });
      }
      this.#reporter.opened(this);
      this.#send();
    });
  }

  write(text: Uint8Array, message?: SignalMessage): WriteOutcome {
    if (this.#response === undefined || this.#isClosing) return 'gone';
    const { limits, reading } = this.#context;
    const { sendBufferBytes } = limits;
    // Queued text may be accepted by the network at once, so it is sent before it fills the buffer.
    if (this.#waitingBytes + text.length > sendBufferBytes / 2 && !reading.isActive) this.uncork();
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
    // A stream has no ping.
  }

  /** A stream has neither close code nor reason. */
  close(): void {
    if (this.#response === undefined || this.#isClosing) return;
    this.#isClosing = true;
    this.#reporter.stopReporting(STREAM_CLOSED);
    this.#context.reading.afterwards(() => this.#end());
  }

  #end(): void {
    const response = this.#response;
    if (response === undefined) return;
    this.uncork();
    // B3: after the end, the library would hold the unread text until the client has read it.
    if (this.#unsentBytes > 0 && this.#reporter.isToFreeMemory) return this.terminate();
    this.#response = undefined;
    response.cork(() => response.end());
    this.#reporter.closed(STREAM_CLOSED);
  }

  pause(): void {
    // A stream receives nothing.
  }

  resume(): void {
    // See `pause`.
  }

  /** Closes the response without an end; the library reports it like any other close. */
  terminate(): void {
    this.#response?.close();
  }

  /** The client has disconnected. */
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
