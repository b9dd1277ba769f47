import type { WebSocket } from 'uWebSockets.js';
import type { BinaryFrames } from '../../../application/ports/dialect.ts';
import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { Admission, ConnectionEnd } from '../../../application/ports/transport.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { closedByBroker, TERMINATED, truncatedReason, type CloseFrame, CLOSE_FRAMES } from '../shared/close-frames.ts';
import { ConnectionReporter, type ReporterContext } from '../shared/connection-reporter.ts';
import type { PerConnectionLimits } from '../shared/settings.ts';
import type { ClosingConnection, PendingCloses } from './pending-closes.ts';
import { NONE, type Outbox, type OutboxSender } from './outbox.ts';

/** Dependencies that all sockets of a transport share. */
export interface SocketContext {
  readonly outbox: Outbox;
  readonly pendingCloses: PendingCloses;
  readonly limits: PerConnectionLimits;
  /** The close frame for a message beyond the limit. */
  readonly tooBig: CloseFrame;
}

/**
 * B1: the library assembles a message in a buffer. A smaller one is not counted, because most clients that share an address have
 * one.
 */
const UNCOUNTED_BUFFER_BYTES = 64 * 1024;

/** The payload of the ping that checks whether the client has read the last text. All other pings have no payload. */
const CLOSING_PING = 'closing';

/** M21: frames that a client may send while it is being closed. Each costs a call of the library, and a ping costs a write. */
const MAX_IGNORED_FRAMES = 256;

/** The close frame to send after the client has read all texts. */
interface PendingClose {
  readonly ws: WebSocket<unknown>;
  readonly code: number;
  readonly why: string;
  ignoredFrames: number;
}

/**
 * One connection of uWebSockets.js. After a close, any call to the library's socket throws. It reports itself, because an object
 * for that would add a twentieth to the memory of a peer. The library can't stop reading, so that a paused connection queues its
 * input.
 */
export class UwsSocket extends ConnectionReporter implements Socket, OutboxSender, ClosingConnection {
  lane = NONE;
  readonly isBinary: BinaryFrames;
  #ws: WebSocket<unknown> | undefined = undefined;
  readonly #context: SocketContext;
  #mayHaveBackpressure = false;
  /** Defined from the decision to close until the library reports the close. Input is ignored in the meantime. */
  #closing: PendingClose | undefined = undefined;

  constructor(reporterContext: ReporterContext, admission: Admission, context: SocketContext) {
    super(reporterContext, admission);
    this.isBinary = admission.sendsBinary ?? false;
    this.#context = context;
  }

  /** The handshake is complete. */
  connected(ws: WebSocket<unknown>): void {
    this.#ws = ws;
    this.opened(this);
    // The library has not sent its handshake response yet: the first frames are sent together with it.
    this.#context.outbox.flushOf(this);
  }

  get webSocket(): WebSocket<unknown> | undefined {
    return this.#ws;
  }

  /** B4. */
  get maxFrameBytes(): number {
    return this.#context.limits.maxFrameBytes;
  }

  write(text: Uint8Array, message?: SignalMessage): WriteOutcome {
    const ws = this.#ws;
    if (ws === undefined) return 'gone';
    // Queued texts may be accepted by the network at once, so they are sent before they fill the buffer.
    const { outbox, limits } = this.#context;
    if (outbox.unsentBytesOf(this) + text.length > limits.sendBufferBytes / 2) outbox.flushOf(this);
    if (this.#mayHaveBackpressure && this.#exceedsSendBuffer(ws, text.length)) {
      this.#beginClose(CLOSE_FRAMES.readsTooSlowly);
      return 'gone';
    }
    outbox.put(this, text, message);
    return this.#mayHaveBackpressure ? 'queued' : 'sent';
  }

  backpressured(): void {
    this.#mayHaveBackpressure = true;
    this.drained();
  }

  /** The library has sent a part of its buffer. */
  drained(): void {
    if (this.#ws !== undefined) this.unreadBytes(this.#ws.getBufferedAmount());
  }

  ping(): void {
    this.#ws?.ping();
  }

  /** M20: the library has already sent the pong, even if the client does not read. */
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
    if (this.#closing !== undefined) return this.#ignoreFrame(this.#closing);
    if (!this.controlFrame()) this.#beginClose(CLOSE_FRAMES.sendsTooFast);
  }

  close(code: number, why: string): void {
    this.#beginClose({ code, why });
  }

  /** The library reports the close like any other. */
  terminate(): void {
    const ws = this.#ws ?? this.#closing?.ws;
    this.stopReporting(TERMINATED);
    ws?.close();
  }

  /** M18: the library passes on messages slightly beyond the limit, so that the client receives 1009. */
  receiveMessage(bytes: Uint8Array, isBinary: boolean): void {
    if (this.#closing !== undefined) return this.#ignoreFrame(this.#closing);
    if (bytes.length > this.#context.limits.maxFrameBytes) return this.#beginClose(this.#context.tooBig);
    if (bytes.length > UNCOUNTED_BUFFER_BYTES) this.bufferBytes(bytes.length);
    if (!this.frame(bytes, isBinary)) this.#beginClose(CLOSE_FRAMES.sendsTooFast);
  }

  /**
   * The library has closed the socket, possibly within a call to `end`; therefore it is reported in a later turn.
   */
  disconnected(end: ConnectionEnd): void {
    this.#ws = undefined;
    this.#closing = undefined;
    this.#context.pendingCloses.remove(this);
    for (const message of this.#context.outbox.takeUnsent(this)) this.unsent(message);
    // Thousands of connections may close in one turn. Texts for other connections must not wait for that.
    this.#context.outbox.flush();
    this.closed(end);
  }

  #exceedsSendBuffer(ws: WebSocket<unknown>, added: number): boolean {
    const unread = ws.getBufferedAmount();
    this.#mayHaveBackpressure = unread > 0;
    this.unreadBytes(unread);
    const { outbox, limits } = this.#context;
    return unread > 0 && unread + outbox.unsentBytesOf(this) + added > limits.sendBufferBytes;
  }

  #beginClose(frame: CloseFrame): void {
    const ws = this.#ws;
    if (ws === undefined) return;
    this.#context.outbox.flushOf(this);
    this.#ws = undefined;
    this.stopReporting(closedByBroker(frame));
    this.#closing = { ws, code: frame.code, why: truncatedReason(frame.why), ignoredFrames: 0 };
    this.#context.pendingCloses.add(this);
  }

  /** M21: the library then discards further input without a call. */
  #ignoreFrame(closing: PendingClose): void {
    closing.ignoredFrames += 1;
    if (closing.ignoredFrames !== MAX_IGNORED_FRAMES) return;
    this.#context.pendingCloses.remove(this);
    if (this.#mustCut(closing.ws)) closing.ws.close();
    else closing.ws.end(closing.code, closing.why);
  }

  sendPing(): void {
    this.#context.outbox.flushOf(this);
    this.#closing?.ws.ping(CLOSING_PING);
  }

  /**
   * M21: the client has read its last text, or the timeout is over. Within a cork, the library sends no FIN after the close
   * frame. A FIN would make Firefox discard texts that the page has not received yet. The client closes the connection, or the
   * library cuts it after 4 s.
   */
  sendClose(): void {
    if (this.#closing === undefined) return;
    const { ws, code, why } = this.#closing;
    if (this.#mustCut(ws)) return void ws.close();
    ws.cork(() => ws.end(code, why));
  }

  /** True if the client does not read, or if its buffer has to be freed, which the library keeps after `end` until TCP ends. */
  #mustCut(ws: WebSocket<unknown>): boolean {
    return ws.getBufferedAmount() > 0 || this.isToFreeBuffer;
  }
}
