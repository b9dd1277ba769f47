import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
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
import type { PerConnectionLimits } from '../shared/settings.ts';
import type { Corked, TurnEnd } from '../shared/turn-end.ts';

/** What all sockets of a transport have in common. */
export interface SocketContext {
  readonly limits: PerConnectionLimits;
  readonly turnEnd: TurnEnd;
}

/** What leaves at the end of the turn, and the messages that it tells. */
interface PendingWrites {
  readonly frames: Buffer[];
  readonly messages: SignalMessage[];
  bytes: number;
}

/** A control frame of a client has a head of two bytes and a mask of four. */
const CONTROL_HEAD_BYTES = 6;

/** One connection of `ws`. What one turn of the event loop brings for it leaves in one write. */
export class NodeSocket implements Socket, Corked {
  readonly #ws: WebSocket;
  readonly #stream: Duplex;
  readonly #reporter: ConnectionReporter;
  readonly #context: SocketContext;
  /** The `close` of `ws`, without what the constructor adds to it. */
  readonly #closeWebSocket: WebSocket['close'];
  /** B1: what `ws` keeps of the chunks since the last whole message. */
  #incompleteBytes = 0;
  /** Of control frames, in the chunk that `ws` has just read. */
  #controlBytes = 0;
  /** A message was complete within the chunk that `ws` has just read. */
  #isComplete = false;
  /** Undefined where nothing was written in this turn. */
  #pending: PendingWrites | undefined = undefined;

  /** @param stream what `ws` writes to. */
  constructor(
    ws: WebSocket,
    stream: Duplex,
    { reports, home }: { readonly reports: ConnectionReporter; readonly home: SocketContext },
  ) {
    this.#ws = ws;
    this.#stream = stream;
    this.#reporter = reports;
    this.#context = home;
    this.#closeWebSocket = ws.close.bind(ws);
    stream.on('drain', () => reports.unreadBytes(0));
    // L2: `ws` answers the far end's close frame by calling its own `close`; its event `close` waits for the end of TCP.
    ws.close = (code, why): void => {
      this.closed(code ?? 1005);
      this.#closeWebSocket(code, why);
    };
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
    for (const frame of frames) this.#ws.send(frame, { binary: false });
    this.#stream.uncork();
    this.#reporter.unreadBytes(unreadBytes(this.#stream));
  }

  ping(): void {
    if (this.#isOpen) this.#ws.ping();
  }

  /** M20: `ws` has answered already, whether or not the far end reads. */
  receivePing(payloadBytes: number): void {
    this.receivePong(payloadBytes);
    if (this.#ws.bufferedAmount > this.#context.limits.sendBufferBytes) this.#end(CLOSE_FRAMES.readsTooSlowly);
  }

  receivePong(payloadBytes: number): void {
    this.#controlBytes += CONTROL_HEAD_BYTES + payloadBytes;
    this.#reporter.controlFrame();
  }

  /**
   * B1: `ws` has read a chunk, and keeps what completes no message. The rest of a chunk behind a whole message is not counted:
   * at most 64 KiB.
   */
  receiveChunk(bytes: number): void {
    const kept = bytes - this.#controlBytes;
    if (this.#isComplete) this.#incompleteBytes = 0;
    else this.#incompleteBytes = Math.max(0, this.#incompleteBytes + kept + (kept > 0 ? QUEUED_FRAME_BYTES : 0));
    this.#isComplete = false;
    this.#controlBytes = 0;
    this.#reporter.incompleteBytes(this.#incompleteBytes);
  }

  close(code: number, why: string): void {
    this.#end({ code, why });
  }

  // Frames that came in the same packet as the last are told all the same: `Reports` keeps them.
  pause(): void {
    if (!this.#isOpen) return;
    this.#reporter.pause();
    this.#ws.pause();
  }

  resume(): void {
    if (!this.#isOpen) return;
    this.#reporter.resume();
    this.#ws.resume();
  }

  /** M18: `ws` closes what is too big by itself, unless an embedding program gave it another limit. */
  receiveMessage(bytes: Uint8Array, isBinary: boolean): void {
    this.#isComplete = true;
    if (bytes.length > this.#context.limits.maxFrameBytes) return this.#end(CLOSE_FRAMES.tooBig);
    if (!this.#reporter.frame(bytes, isBinary)) this.#end(CLOSE_FRAMES.sendsTooFast);
  }

  /**
   * L2: the connection is over, or its far end has closed it: what has not left stays here (M16).
   * @param code of the close frame that was received; 1006 for none.
   */
  closed(code: number): void {
    for (const message of this.#pending?.messages ?? []) this.#reporter.unsent(message);
    this.#pending = undefined;
    this.#reporter.closed(closedByClient(code));
  }

  /** Ends the connection without a word. */
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

  /** What waits for the end of the turn may all leave at once: whether it does is seen before it is judged. */
  #exceedsSendBuffer(added: number): boolean {
    const { sendBufferBytes } = this.#context.limits;
    if (this.#unsentBytes + added > sendBufferBytes) this.uncork();
    const unread = this.#ws.bufferedAmount;
    return unread > 0 && unread + added > sendBufferBytes;
  }

  #end(goodbye: CloseFrame): void {
    if (!this.#isOpen) return;
    this.#reporter.stopReporting(closedByBroker(goodbye));
    this.uncork();
    this.#closeWebSocket(goodbye.code, truncatedReason(goodbye.why));
    // The far end's own goodbye has to be read.
    this.#ws.resume();
  }
}

/** B1: what is below the mark of the stream comes without an event when it has left, so it is not counted. */
export function unreadBytes({ writableNeedDrain, writableLength }: Pick<Duplex, 'writableNeedDrain' | 'writableLength'>): number {
  return writableNeedDrain ? writableLength : 0;
}
