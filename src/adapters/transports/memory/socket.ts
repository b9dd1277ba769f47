import type { BinaryFrames } from '../../../application/ports/dialect.ts';
import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { ConnectionEnd } from '../../../application/ports/transport.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { closedByBroker, TERMINATED, truncatedReason, type CloseFrame, CLOSE_FRAMES } from '../shared/close-frames.ts';
import type { ConnectionReporter } from '../shared/connection-reporter.ts';
import { isBinaryFrame } from '../shared/frame-kinds.ts';
import type { PerConnectionLimits } from '../shared/settings.ts';
import type { MemoryClient } from './client.ts';

// Throws for text that is not UTF-8, because the broker must not send such text.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Dependencies that all sockets of a transport share. */
interface MemorySocketContext {
  readonly limits: PerConnectionLimits;
  readonly onClosed: (socket: MemorySocket) => void;
  readonly defer: (turn: () => void) => void;
  readonly isInTurn: () => boolean;
  /** W6: which frames to the client are binary. */
  readonly isBinary?: BinaryFrames | undefined;
}

/** One connection to a `MemoryClient` in this process. */
export class MemorySocket implements Socket {
  readonly #client: MemoryClient;
  readonly #reporter: ConnectionReporter;
  readonly #limits: PerConnectionLimits;
  readonly #onClosed: (socket: MemorySocket) => void;
  readonly #defer: (turn: () => void) => void;
  readonly #isInTurn: () => boolean;
  readonly #isBinary: BinaryFrames;
  #isOver = false;

  constructor(
    client: MemoryClient,
    reporter: ConnectionReporter,
    { limits, onClosed, defer, isInTurn, isBinary = false }: MemorySocketContext,
  ) {
    this.#client = client;
    this.#reporter = reporter;
    this.#limits = limits;
    this.#onClosed = onClosed;
    this.#defer = defer;
    this.#isInTurn = isInTurn;
    this.#isBinary = isBinary;
  }

  write(text: Uint8Array, message?: SignalMessage): WriteOutcome {
    if (this.#isOver) return 'gone';
    const unread = this.#client.unreadBytes;
    if (unread > 0 && unread + text.length > this.#limits.sendBufferBytes) {
      this.#end(CLOSE_FRAMES.readsTooSlowly);
      return 'gone';
    }
    const isRead = this.#client.deliver(
      isBinaryFrame(this.#isBinary, text) ? binaryText(text) : decoder.decode(text),
      text.length,
      message,
    );
    this.#reporter.unreadBytes(this.#client.unreadBytes);
    return isRead ? 'sent' : 'queued';
  }

  ping(): void {
    if (!this.#isOver && this.#client.answersPings) this.#defer(() => this.#reporter.controlFrame());
  }

  close(code: number, why: string): void {
    this.#end({ code, why });
  }

  pause(): void {
    this.#reporter.pause();
  }

  resume(): void {
    this.#reporter.resume();
  }

  /** Each request of a frame is handled in a turn of its own, so that code that depends on one turn fails in tests. */
  mayContinue(): boolean {
    return !this.#isInTurn() || this.#reporter.mayContinue();
  }

  /** M18: a message beyond the limit is not reported. */
  receiveMessage(bytes: Uint8Array, isBinary: boolean): void {
    if (bytes.length > this.#limits.maxFrameBytes) return this.#end(CLOSE_FRAMES.tooBig);
    if (!this.#reporter.frame(bytes, isBinary)) this.#end(CLOSE_FRAMES.sendsTooFast);
  }

  /** M20: the client sent a ping. */
  receivePing(): void {
    if (!this.#isOver && !this.#reporter.controlFrame()) this.#end(CLOSE_FRAMES.sendsTooFast);
  }

  /** The client has disconnected. @param unsent messages that were not read. */
  closed(end: ConnectionEnd, unsent: readonly SignalMessage[] = []): void {
    this.#isOver = true;
    for (const message of unsent) this.#reporter.unsent(message);
    this.#reporter.closed(end);
    this.#onClosed(this);
  }

  /** Ends the connection without a close frame. */
  terminate(): void {
    this.#client.terminated();
    if (!this.#isOver) this.closed(TERMINATED);
  }

  #end(frame: CloseFrame): void {
    if (this.#isOver) return;
    this.#client.closedByBroker({ code: frame.code, why: truncatedReason(frame.why) });
    this.closed(closedByBroker(frame));
  }
}

/** W6: a binary frame as `[binary]` and hexadecimal digits. */
function binaryText(bytes: Uint8Array): string {
  return `[binary] ${Buffer.from(bytes).toString('hex')}`;
}
