import { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { BinaryFrames } from '../../../application/ports/dialect.ts';
import type { Socket, WriteOutcome } from '../../../application/ports/socket.ts';
import type { TransportFault } from '../../../application/ports/transport.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import {
  CLOSE_FRAMES,
  type CloseFrame,
  closedByBroker,
  closedByClient,
  closedForFault,
  TERMINATED,
  truncatedReason,
} from '../shared/close-frames.ts';
import { isBinaryFrame } from '../shared/frame-kinds.ts';
import { FRAGMENT_COST } from '../shared/input-budget.ts';
import type { ConnectionReporter } from '../shared/connection-reporter.ts';
import { CLOSE_GRACE, type PerConnectionLimits } from '../shared/settings.ts';
import type { Corked, TurnEnd } from '../shared/turn-end.ts';
import { dropHeld, type FrameDecoder, type FrameReceiver, heldBytes, type HeldInput } from './frame-decoder.ts';
import { closeFrame, closePayload, dataFrame, joined, MAX_JOINED_BYTES, PING_FRAME, pongFrame } from './frame-encoder.ts';
import type { OpenConnections, Terminable } from './open-connections.ts';
import type { FrameMemory } from './frame-memory.ts';
import { listen, type StreamOwner } from './owned-stream.ts';
import { type Output, outputOf } from './output.ts';
import { BYTES_PER_READ } from './socket.ts';

/** Dependencies that all sockets of a transport share. */
export interface DirectSocketContext {
  readonly limits: PerConnectionLimits;
  readonly turnEnd: TurnEnd;
  readonly decoder: FrameDecoder;
  readonly frameMemory: FrameMemory;
  readonly openConnections: OpenConnections;
}

interface DirectSocketParts {
  readonly reporter: ConnectionReporter;
  readonly context: DirectSocketContext;
  /** W6: which frames to the client are binary. */
  readonly isBinary?: BinaryFrames | undefined;
}

/** `opening`: the response to the handshake is pending. `closing`: a close frame was sent. `ended`: nothing more is read. */
type State = 'opening' | 'open' | 'closing' | 'ended';

/**
 * One WebSocket over its TCP connection. Its frames are decoded and encoded here, without `ws`. All frames of one event-loop
 * turn are sent in one write, the first ones together with the response to the handshake.
 */
export class DirectSocket implements Socket, Corked, FrameReceiver, StreamOwner, Terminable {
  listPosition = -1;
  readonly #stream: Duplex;
  readonly #output: Output;
  readonly #reporter: ConnectionReporter;
  readonly #context: DirectSocketContext;
  readonly #isBinary: BinaryFrames;
  #state: State = 'opening';
  /** The first frame of this turn. On a new connection, the response to the handshake. */
  #pendingFrame: Uint8Array | undefined = undefined;
  #furtherFrames: Uint8Array[] | undefined = undefined;
  #pendingBytes = 0;
  /** M16: the messages of the pending frames. */
  #pendingMessages: SignalMessage[] | undefined = undefined;
  #held: HeldInput | undefined = undefined;
  /** Bytes that were received since the connection was last throttled. */
  #readBytes = 0;
  #isPaused = false;
  #isThrottled = false;
  #closeTimer: NodeJS.Timeout | undefined = undefined;

  constructor(stream: Duplex, { reporter, context, isBinary = false }: DirectSocketParts) {
    this.#stream = stream;
    this.#output = outputOf(stream, this);
    this.#reporter = reporter;
    this.#context = context;
    this.#isBinary = isBinary;
  }

  /** Begins with the response to the handshake. @param head bytes of the client behind its request. */
  start(response: string, head: Buffer): void {
    const stream = this.#stream;
    if (stream instanceof NetSocket) stream.setTimeout(0).setNoDelay(true);
    this.#enqueue(Buffer.from(response, 'latin1'));
    // TLS writes in a later turn, so that a large message after this one would count as unread.
    if ('encrypted' in stream) this.uncork();
    listen(stream, this);
    // After the connection is reported as open.
    if (head.length > 0) queueMicrotask(() => this.receiveChunk(head));
  }

  get isReading(): boolean {
    return this.#state !== 'ended';
  }

  get frameMemory(): FrameMemory {
    return this.#context.frameMemory;
  }

  write(text: Uint8Array, message?: SignalMessage): WriteOutcome {
    if (!this.#isOpen) return 'gone';
    if (this.#exceedsSendBuffer(text.length)) {
      this.#end(CLOSE_FRAMES.readsTooSlowly);
      return 'gone';
    }
    this.#enqueue(dataFrame(text, isBinaryFrame(this.#isBinary, text), this.#output));
    if (message !== undefined) (this.#pendingMessages ??= []).push(message);
    return this.#output.unsentBytes + this.#pendingBytes >= this.#output.highWaterMark ? 'queued' : 'sent';
  }

  uncork(): void {
    const frame = this.#pendingFrame;
    if (frame === undefined) return;
    const further = this.#furtherFrames;
    const bytes = this.#pendingBytes;
    if (this.#state === 'opening') this.#state = 'open';
    this.#clearPending();
    const output = this.#output;
    if (further === undefined) output.write(frame);
    else if (bytes <= MAX_JOINED_BYTES) output.write(joined(frame, further, output.take(bytes)));
    else for (const one of [frame, ...further]) output.write(one);
    this.#reporter.unreadBytes(output.unreadBytes);
  }

  ping(): void {
    if (this.#isOpen) this.#enqueue(PING_FRAME);
  }

  close(code: number, why: string): void {
    this.#end({ code, why });
  }

  terminate(): void {
    this.#reporter.stopReporting(TERMINATED);
    this.#stream.destroy();
  }

  // Frames of the packet that was read last may still be decoded: `ConnectionReporter` queues them.
  pause(): void {
    this.#isPaused = true;
    this.#reporter.pause();
    if (this.#isOpen) this.#stream.pause();
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

  receiveChunk(chunk: Buffer): void {
    if (this.#state === 'ended') return;
    const before = this.#held;
    const held = this.#context.decoder.decode(chunk, before, this);
    this.#held = this.isReading ? held : undefined;
    if (held !== this.#held) dropHeld(held);
    if (before !== undefined || this.#held !== undefined) this.#reporter.incompleteBytes(heldBytes(this.#held));
    this.#readBytes += chunk.length;
    if (this.#readBytes >= BYTES_PER_READ || this.#reporter.isDeferring) this.#throttle();
  }

  receiveMessage(bytes: Uint8Array, isBinary: boolean): void {
    if (!this.#reporter.frame(bytes, isBinary)) this.#end(CLOSE_FRAMES.sendsTooFast);
  }

  receiveFragment(): void {
    this.#readBytes += FRAGMENT_COST.bytes;
    this.#reporter.spend(FRAGMENT_COST.units);
  }

  /** M20: the pong is sent even if the client does not read. */
  receivePing(payload: Uint8Array): void {
    if (this.#isOpen) this.#enqueue(pongFrame(payload));
    this.receivePong();
    if (this.#output.unsentBytes > this.#context.limits.sendBufferBytes) this.#end(CLOSE_FRAMES.readsTooSlowly);
  }

  receivePong(): void {
    this.#reporter.controlFrame();
  }

  /** L2: reported at once, because TCP may end much later. */
  receiveClose(code: number, payload: Uint8Array): void {
    const isAnswer = this.#state === 'closing';
    this.#reportClosed(code);
    this.#state = 'ended';
    if (!this.#output.close(isAnswer ? undefined : closeFrame(payload))) this.#discardInput();
  }

  receiveFault(fault: TransportFault): void {
    const end = closedForFault(fault);
    const isOpen = this.#isOpen;
    this.#reporter.stopReporting(end);
    this.#reportClosed(1006);
    this.#state = 'ended';
    this.#output.end(isOpen ? closeFrame(closePayload(end.code ?? 1002, '')) : undefined);
    this.#discardInput();
  }

  receiveEnd(): void {
    if (this.#isOpen) this.#reportClosed(1006);
    this.#state = 'ended';
    // A second `end` would create an error, with its stack.
    if (this.#stream.writableEnded || !this.#output.close()) this.#endLater();
  }

  receiveDrain(): void {
    this.#reporter.unreadBytes(0);
  }

  closed(): void {
    clearTimeout(this.#closeTimer);
    this.#reportClosed(1006);
    this.#state = 'ended';
    queueMicrotask(() => this.#context.openConnections.delete(this));
  }

  get #isOpen(): boolean {
    return (this.#state === 'open' || this.#state === 'opening') && !this.#stream.destroyed;
  }

  #enqueue(frame: Uint8Array): void {
    if (this.#pendingFrame === undefined) {
      this.#pendingFrame = frame;
      this.#context.turnEnd.schedule(this);
    } else (this.#furtherFrames ??= []).push(frame);
    this.#pendingBytes += frame.length;
  }

  #clearPending(): void {
    this.#pendingFrame = undefined;
    this.#furtherFrames = undefined;
    this.#pendingMessages = undefined;
    this.#pendingBytes = 0;
  }

  /** Unsent messages are reported first (M16). */
  #reportClosed(code: number): void {
    for (const message of this.#pendingMessages ?? []) this.#reporter.unsent(message);
    const response = this.#pendingFrame;
    if (this.#state === 'opening' && response !== undefined) this.#output.write(response);
    this.#clearPending();
    if (this.#held !== undefined) this.#reporter.incompleteBytes(0);
    dropHeld(this.#held);
    this.#held = undefined;
    this.#reporter.closed(closedByClient(code));
  }

  /** Pending frames may be accepted by the network at once, so they are written before the limit is checked. */
  #exceedsSendBuffer(added: number): boolean {
    const { sendBufferBytes } = this.#context.limits;
    if (this.#output.unsentBytes + this.#pendingBytes + added > sendBufferBytes) this.uncork();
    return this.#output.unsentBytes > 0 && this.#output.unsentBytes + added > sendBufferBytes;
  }

  #end(frame: CloseFrame): void {
    if (!this.#isOpen) return;
    this.#reporter.stopReporting(closedByBroker(frame));
    this.uncork();
    this.#state = 'closing';
    this.#output.write(closeFrame(closePayload(frame.code, truncatedReason(frame.why))));
    this.#discardInput();
  }

  /** Input is read on, so that the end of the connection is noticed. A client that does not end it is disconnected. */
  #discardInput(): void {
    this.#stream.resume();
    this.#endLater();
  }

  #endLater(): void {
    this.#closeTimer ??= setTimeout(() => this.#stream.destroy(), CLOSE_GRACE);
  }

  /** M23: stops reading until the deferred frames are handled, at least until the next turn. */
  #throttle(): void {
    this.#readBytes = 0;
    if (this.#isThrottled || !this.#isOpen) return;
    this.#isThrottled = true;
    this.#stream.pause();
    setImmediate(() => {
      this.#isThrottled = false;
      if (this.#reporter.isDeferring) this.#throttle();
      else this.#resumeReading();
    });
  }

  #resumeReading(): void {
    if (!this.#isPaused && !this.#isThrottled && this.#isOpen) this.#stream.resume();
  }
}
