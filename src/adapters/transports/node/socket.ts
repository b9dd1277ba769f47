import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { BinaryFrames } from '../../../application/ports/dialect.ts';
import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { QUEUED_FRAME_BYTES } from '../../../domain/memory-sizes.ts';
import {
  closedByBroker,
  closedByClient,
  TERMINATED,
  truncatedReason,
  type CloseFrame,
  CLOSE_FRAMES,
} from '../shared/close-frames.ts';
import type { ConnectionReporter } from '../shared/connection-reporter.ts';
import { isBinaryFrame } from '../shared/frame-kinds.ts';
import type { PerConnectionLimits } from '../shared/settings.ts';
import type { Terminable } from './open-connections.ts';
import type { Corked, TurnEnd } from '../shared/turn-end.ts';

/** Dependencies that all sockets of a transport share. */
export interface SocketContext {
  readonly limits: PerConnectionLimits;
  readonly turnEnd: TurnEnd;
}

interface SocketParts {
  readonly reporter: ConnectionReporter;
  readonly context: SocketContext;
  /** W6: which frames to the client are binary. */
  readonly isBinary?: BinaryFrames | undefined;
}

/** The frames that are sent at the end of the turn, and their messages. */
interface PendingWrites {
  readonly frames: Buffer[];
  readonly messages: SignalMessage[];
  bytes: number;
}

/** M23: after this many bytes, a connection is not read until the next turn of the event loop. */
export const BYTES_PER_READ = 128 * 1024;

/** A control frame of a client has a header of two bytes and a mask of four. */
const CONTROL_HEAD_BYTES = 6;

/** One connection of `ws`. All frames of one event-loop turn are sent in one write. */
export class NodeSocket implements Socket, Corked, Terminable {
  listPosition = -1;
  readonly #ws: WebSocket;
  readonly #stream: Duplex;
  readonly #reporter: ConnectionReporter;
  readonly #context: SocketContext;
  readonly #isBinary: BinaryFrames;
  /** The original `close` of `ws`, without the constructor's hook. */
  readonly #closeWebSocket: WebSocket['close'];
  /** B1: bytes of an incomplete message that `ws` buffers. */
  #incompleteBytes = 0;
  /** Bytes of control frames in the current chunk. */
  #controlBytes = 0;
  /** True if a message was complete within the current chunk. */
  #isComplete = false;
  /** Bytes that were received since the connection was last throttled. */
  #readBytes = 0;
  #isPaused = false;
  #isThrottled = false;
  #isExposed = false;
  /** Undefined if nothing was written in this turn. */
  #pending: PendingWrites | undefined = undefined;

  /** @param stream the stream to which `ws` writes. */
  constructor(ws: WebSocket, stream: Duplex, { reporter, context, isBinary = false }: SocketParts) {
    this.#ws = ws;
    this.#stream = stream;
    this.#reporter = reporter;
    this.#context = context;
    this.#isBinary = isBinary;
    this.#closeWebSocket = ws.close.bind(ws);
    stream.on('drain', () => reporter.unreadBytes(0));
    // L2: `ws` calls its own `close` when it receives a close frame; its `close` event is emitted only when TCP has ended.
    ws.close = (code, why): void => {
      this.closed(code ?? 1005);
      this.#closeWebSocket(code, why);
    };
  }

  /** The socket of `ws`, for an embedding program. Its `send` follows the frames that wait for the end of the turn. */
  exposeWebSocket(): WebSocket {
    const ws = this.#ws;
    if (this.#isExposed) return ws;
    this.#isExposed = true;
    const send = ws.send.bind(ws) as (...args: unknown[]) => void;
    ws.send = (...args: unknown[]): void => {
      this.uncork();
      send(...args);
    };
    return ws;
  }

  write(text: Uint8Array, message?: SignalMessage): WriteOutcome {
    if (!this.#isOpen) return 'gone';
    if (this.#exceedsSendBuffer(text.length)) {
      this.#end(CLOSE_FRAMES.readsTooSlowly);
      return 'gone';
    }
    if (this.#pending === undefined) {
      this.#pending = { frames: [], messages: [], bytes: 0 };
      this.#context.turnEnd.schedule(this);
    }
    this.#pending.frames.push(Buffer.from(text));
    this.#pending.bytes += text.length;
    if (message !== undefined) this.#pending.messages.push(message);
    return this.#unsentBytes >= this.#stream.writableHighWaterMark ? 'queued' : 'sent';
  }

  uncork(): void {
    if (this.#pending === undefined || !this.#isOpen) return;
    const { frames } = this.#pending;
    this.#pending = undefined;
    this.#stream.cork();
    for (const frame of frames) this.#ws.send(frame, { binary: isBinaryFrame(this.#isBinary, frame) });
    this.#stream.uncork();
    this.#reporter.unreadBytes(unreadBytes(this.#stream));
  }

  ping(): void {
    if (this.#isOpen) this.#ws.ping();
  }

  /** M20: `ws` has already sent the pong, even if the client does not read. */
  receivePing(payloadBytes: number): void {
    this.receivePong(payloadBytes);
    if (this.#ws.bufferedAmount > this.#context.limits.sendBufferBytes) this.#end(CLOSE_FRAMES.readsTooSlowly);
  }

  receivePong(payloadBytes: number): void {
    this.#controlBytes += CONTROL_HEAD_BYTES + payloadBytes;
    this.#reporter.controlFrame();
  }

  /**
   * B1: `ws` has read a chunk, and buffers the part that completes no message. Bytes behind a complete message in the same chunk
   * (at most 64 KiB) are not counted.
   */
  receiveChunk(bytes: number): void {
    const kept = bytes - this.#controlBytes;
    if (this.#isComplete) this.#incompleteBytes = 0;
    else this.#incompleteBytes = Math.max(0, this.#incompleteBytes + kept + (kept > 0 ? QUEUED_FRAME_BYTES : 0));
    this.#isComplete = false;
    this.#controlBytes = 0;
    this.#reporter.incompleteBytes(this.#incompleteBytes);
    this.#readBytes += bytes;
    if (this.#readBytes >= BYTES_PER_READ || this.#reporter.isDeferring) this.#throttle();
  }

  /** M23: stops reading until the deferred frames are handled, at least until the next turn. */
  #throttle(): void {
    this.#readBytes = 0;
    if (this.#isThrottled || !this.#isOpen) return;
    this.#isThrottled = true;
    this.#ws.pause();
    setImmediate(() => {
      this.#isThrottled = false;
      if (this.#reporter.isDeferring) this.#throttle();
      else this.#resumeReading();
    });
  }

  close(code: number, why: string): void {
    this.#end({ code, why });
  }

  // `ws` may still emit frames of the packet that was read last: `ConnectionReporter` queues them.
  pause(): void {
    this.#isPaused = true;
    this.#reporter.pause();
    if (this.#isOpen) this.#ws.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#reporter.resume();
    this.#resumeReading();
  }

  spend(units: number): void {
    this.#reporter.spend(units);
  }

  mayContinue(): boolean {
    return this.#reporter.mayContinue();
  }

  #resumeReading(): void {
    if (!this.#isPaused && !this.#isThrottled && this.#isOpen) this.#ws.resume();
  }

  /** M18: `ws` closes a connection with a larger message itself, unless an embedding program configured another limit. */
  receiveMessage(bytes: Uint8Array, isBinary: boolean): void {
    this.#isComplete = true;
    if (bytes.length > this.#context.limits.maxFrameBytes) return this.#end(CLOSE_FRAMES.tooBig);
    if (!this.#reporter.frame(bytes, isBinary)) this.#end(CLOSE_FRAMES.sendsTooFast);
  }

  /**
   * L2: the connection is closed, or the client has sent a close frame. Unsent messages are reported (M16).
   * @param code of the received close frame; 1006 if there was none.
   */
  closed(code: number): void {
    for (const message of this.#pending?.messages ?? []) this.#reporter.unsent(message);
    this.#pending = undefined;
    this.#reporter.closed(closedByClient(code));
  }

  /** Ends the connection without a close frame. */
  terminate(): void {
    this.#reporter.stopReporting(TERMINATED);
    this.#ws.terminate();
  }

  get #isOpen(): boolean {
    return this.#ws.readyState === this.#ws.OPEN;
  }

  get #unsentBytes(): number {
    return this.#ws.bufferedAmount + (this.#pending?.bytes ?? 0);
  }

  /** Pending frames may be accepted by the network at once, so they are written before the limit is checked. */
  #exceedsSendBuffer(added: number): boolean {
    const { sendBufferBytes } = this.#context.limits;
    if (this.#unsentBytes + added > sendBufferBytes) this.uncork();
    const unread = this.#ws.bufferedAmount;
    return unread > 0 && unread + added > sendBufferBytes;
  }

  #end(frame: CloseFrame): void {
    if (!this.#isOpen) return;
    this.#reporter.stopReporting(closedByBroker(frame));
    this.uncork();
    this.#closeWebSocket(frame.code, truncatedReason(frame.why));
    // The close frame of the client has to be read.
    this.#ws.resume();
  }
}

/** B1: bytes below the high-water mark of the stream are not counted, because no event reports when they are sent. */
export function unreadBytes({ writableNeedDrain, writableLength }: Pick<Duplex, 'writableNeedDrain' | 'writableLength'>): number {
  return writableNeedDrain ? writableLength : 0;
}
