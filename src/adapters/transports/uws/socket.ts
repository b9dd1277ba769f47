import type { WebSocket } from 'uWebSockets.js';
import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { ConnectionEnd } from '../../../application/ports/transport.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { closedByBroker, truncatedReason, type CloseFrame, CLOSE_FRAMES } from '../shared/close-frames.ts';
import type { ConnectionReporter } from '../shared/connection-reporter.ts';
import type { PerConnectionLimits } from '../shared/settings.ts';
import type { ClosingConnection, PendingCloses } from './pending-closes.ts';
import { NONE, type Outbox, type OutboxSender } from './outbox.ts';

/** What all sockets of a transport have in common. */
export interface SocketContext {
  readonly outbox: Outbox;
  readonly pendingCloses: PendingCloses;
  readonly limits: PerConnectionLimits;
  /** Closes a connection whose message is larger than the limit. */
  readonly tooBig: CloseFrame;
}

/** Asks whether the far end has read the last text. No other ping has a payload. */
const CLOSING_PING = 'closing';

/** How a connection is to be closed, once the far end has read all that it was sent. */
interface PendingClose {
  readonly ws: WebSocket<unknown>;
  readonly code: number;
  readonly why: string;
}

/** One connection of uWebSockets.js. The library's socket dies the moment it is closed; any call to it then throws. */
export class UwsSocket implements Socket, OutboxSender, ClosingConnection {
  oldest = NONE;
  newest = NONE;
  unsentBytes = 0;
  #ws: WebSocket<unknown> | undefined = undefined;
  readonly #reporter: ConnectionReporter;
  readonly #context: SocketContext;
  #mayHaveBackpressure = false;
  /** There from the close until the library closes the socket: its input counts no more. */
  #closing: PendingClose | undefined = undefined;

  constructor(reports: ConnectionReporter, home: SocketContext) {
    this.#reporter = reports;
    this.#context = home;
  }

  /** The library has shaken hands. */
  opened(ws: WebSocket<unknown>): void {
    this.#ws = ws;
    this.#reporter.opened(this);
    // The library has not sent its own answer yet: the first words leave with it.
    this.#context.outbox.flushOf(this);
  }

  get webSocket(): WebSocket<unknown> | undefined {
    return this.#ws;
  }

  write(text: Uint8Array, message?: SignalMessage): WriteOutcome {
    const ws = this.#ws;
    if (ws === undefined) return 'gone';
    // What waits may all leave at once. Before it fills the buffer, we look whether it does.
    if (this.unsentBytes + text.length > this.#context.limits.sendBufferBytes / 2) this.#context.outbox.flushOf(this);
    if (this.#mayHaveBackpressure && this.#exceedsSendBuffer(ws, text.length)) {
      this.#beginClose(CLOSE_FRAMES.readsTooSlowly);
      return 'gone';
    }
    this.#context.outbox.put(this, text, message);
    return this.#mayHaveBackpressure ? 'queued' : 'sent';
  }

  backpressured(): void {
    this.#mayHaveBackpressure = true;
    this.drained();
  }

  /** The library has sent some of what it kept. */
  drained(): void {
    if (this.#ws !== undefined) this.#reporter.unreadBytes(this.#ws.getBufferedAmount());
  }

  ping(): void {
    this.#ws?.ping();
  }

  /** M20: the library has answered already, whether or not the far end reads. */
  receivePing(): void {
    const ws = this.#ws ?? this.#closing?.ws;
    if (ws !== undefined && ws.getBufferedAmount() > this.#context.limits.sendBufferBytes) {
      if (this.#closing !== undefined) return void ws.close();
      return this.#beginClose(CLOSE_FRAMES.readsTooSlowly);
    }
    this.#reportControlFrame();
  }

  receivePong(payload: ArrayBuffer): void {
    if (this.#closing !== undefined && payload.byteLength === CLOSING_PING.length) this.#context.pendingCloses.acknowledged(this);
    this.#reportControlFrame();
  }

  #reportControlFrame(): void {
    if (!this.#reporter.controlFrame()) this.#beginClose(CLOSE_FRAMES.sendsTooFast);
  }

  close(code: number, why: string): void {
    this.#beginClose({ code, why });
  }

  // The library can't stop reading: what comes meanwhile is kept by `Reports`.
  pause(): void {
    this.#reporter.pause();
  }

  resume(): void {
    this.#reporter.resume();
  }

  /** M18: the library passes on what is a little too big, so that it can be told so. */
  receiveMessage(bytes: Uint8Array, isBinary: boolean): void {
    if (this.#closing !== undefined) return;
    if (bytes.length > this.#context.limits.maxFrameBytes) return this.#beginClose(this.#context.tooBig);
    if (!this.#reporter.frame(bytes, isBinary)) this.#beginClose(CLOSE_FRAMES.sendsTooFast);
  }

  /** The library has closed the socket, maybe from inside `end`: that is why `Reports` tells it later. */
  closed(end: ConnectionEnd): void {
    this.#ws = undefined;
    this.#closing = undefined;
    this.#context.pendingCloses.remove(this);
    for (const message of this.#context.outbox.takeUnsent(this)) this.#reporter.unsent(message);
    // A thousand connections may end in one turn of the loop: what waits for others is not to wait for that.
    this.#context.outbox.flush();
    this.#reporter.closed(end);
  }

  #exceedsSendBuffer(ws: WebSocket<unknown>, added: number): boolean {
    const unread = ws.getBufferedAmount();
    this.#mayHaveBackpressure = unread > 0;
    this.#reporter.unreadBytes(unread);
    return unread > 0 && unread + this.unsentBytes + added > this.#context.limits.sendBufferBytes;
  }

  #beginClose(goodbye: CloseFrame): void {
    const ws = this.#ws;
    if (ws === undefined) return;
    this.#context.outbox.flushOf(this);
    this.#ws = undefined;
    this.#reporter.stopReporting(closedByBroker(goodbye));
    this.#closing = { ws, code: goodbye.code, why: truncatedReason(goodbye.why) };
    this.#context.pendingCloses.add(this);
  }

  sendPing(): void {
    this.#closing?.ws.ping(CLOSING_PING);
  }

  /**
   * M21: the far end has read its last text, or its time is up. Within a cork the library sends no FIN behind the close frame:
   * a FIN makes Firefox forget texts that it has not told its page yet. The far end closes, or the library cuts in 4 s.
   */
  sendClose(): void {
    if (this.#closing === undefined) return;
    const { ws, code, why } = this.#closing;
    if (ws.getBufferedAmount() > 0) return void ws.close();
    ws.cork(() => ws.end(code, why));
  }
}
