import type { Socket } from '../../../application/ports/socket.ts';
import type { Admission, ConnectionEnd, Gateway } from '../../../application/ports/transport.ts';
import type { ConnectionId } from '../../../domain/ids.ts';
import { invariant } from '../../../domain/invariant.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { QUEUED_FRAME_BYTES } from '../../../domain/memory-sizes.ts';

/** Runs a turn after the present one, never inside it. */
export type Defer = (turn: () => void) => void;

/** What all connections of a transport have in common. */
export interface ReporterContext {
  readonly gateway: Gateway;
  readonly defer: Defer;
  /** How many bytes may wait for one connection while it is paused. */
  readonly maxBacklogBytes: number;
}

interface QueuedFrame {
  readonly bytes: Uint8Array;
  readonly isBinary: boolean;
}

/** Stands for a ping or a pong. */
const CONTROL_FRAME: QueuedFrame = { bytes: new Uint8Array(), isBinary: true };

/** What came while a connection was paused. */
interface Backlog {
  readonly frames: QueuedFrame[];
  bytes: number;
}

/** What one connection tells the gateway: that it is open, its frames in order, and once, as the last, that it is closed. */
export class ConnectionReporter {
  readonly #context: ReporterContext;
  /** How the connection is called; before it is open, how it was let in. */
  #id: ConnectionId | Admission;
  /** `deaf`: whatever still comes from the far end counts no more. */
  #state: 'hearing' | 'paused' | 'deaf' | 'closed' = 'hearing';
  #backlog: Backlog | undefined = undefined;
  readonly #holding: Admission['memory'];
  #end: ConnectionEnd | undefined = undefined;

  constructor(desk: ReporterContext, admission: Admission) {
    this.#context = desk;
    this.#id = admission;
    this.#holding = admission.memory;
  }

  /** B1: how much the far end has left unread, in bytes. To be told when it changes, and may be told when it has not. */
  unreadBytes(bytes: number): void {
    this.#holding?.set('unread', bytes);
  }

  /** B1: bytes of a message that is not complete yet. */
  incompleteBytes(bytes: number): void {
    this.#holding?.set('incomplete', bytes);
  }

  opened(socket: Socket): void {
    invariant(typeof this.#id === 'object', 'a connection opens once');
    this.#id = this.#context.gateway.opened(socket, this.#id);
  }

  /**
   * Reports the frame, or keeps a copy of it while paused. @returns false where too much waits already;
   * one frame always finds room, for its size has a bound of its own.
   */
  frame(bytes: Uint8Array, isBinary: boolean): boolean {
    if (this.#state === 'paused' || this.#backlog !== undefined) return this.#enqueue({ bytes, isBinary });
    if (this.#state === 'hearing') this.#context.gateway.frame(this.#connectionId(), bytes, isBinary);
    return true;
  }

  pause(): void {
    if (this.#state === 'hearing') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'hearing';
    this.#context.defer(() => this.#drain());
  }

  /** The broker has closed the connection: nothing that still comes is reported. The first `end` counts. */
  stopReporting(end: ConnectionEnd): void {
    this.#end ??= end;
    if (this.#state !== 'closed') this.#state = 'deaf';
    this.#dropBacklog();
  }

  /** M20: a ping or a pong came. While paused it waits like a frame. @returns false where too much waits already. */
  controlFrame(): boolean {
    if (this.#state === 'paused' || this.#backlog !== undefined) return this.#enqueue(CONTROL_FRAME);
    if (this.#state === 'hearing') this.#context.gateway.controlFrame(this.#connectionId());
    return true;
  }

  /** To be told before `closed`. */
  unsent(message: SignalMessage): void {
    this.#context.defer(() => this.#context.gateway.unsent(this.#connectionId(), message));
  }

  /** @param end counts where `hearNoMore` was told none. */
  closed(end: ConnectionEnd): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#dropBacklog();
    // A library may tell the fault for which it closes after it has closed.
    this.#context.defer(() => this.#context.gateway.closed(this.#connectionId(), this.#end ?? end));
  }

  #dropBacklog(): void {
    this.#backlog = undefined;
    this.#holding?.set('backlog', 0);
  }

  #enqueue(frame: QueuedFrame): boolean {
    const backlog = (this.#backlog ??= { frames: [], bytes: 0 });
    const size = frame.bytes.length + QUEUED_FRAME_BYTES;
    if (backlog.frames.length > 0 && backlog.bytes + size > this.#context.maxBacklogBytes) return false;
    backlog.frames.push(
      frame === CONTROL_FRAME ? CONTROL_FRAME : { bytes: new Uint8Array(frame.bytes), isBinary: frame.isBinary },
    );
    backlog.bytes += size;
    this.#holding?.set('backlog', backlog.bytes);
    return true;
  }

  // The gateway may pause, or say goodbye, in the middle of it.
  #drain(): void {
    while (this.#state === 'hearing' && this.#backlog !== undefined) {
      const frame = this.#backlog.frames.shift();
      if (frame === undefined) {
        this.#dropBacklog();
        return;
      }
      this.#backlog.bytes -= frame.bytes.length + QUEUED_FRAME_BYTES;
      this.#holding?.set('backlog', this.#backlog.bytes);
      if (frame === CONTROL_FRAME) this.#context.gateway.controlFrame(this.#connectionId());
      else this.#context.gateway.frame(this.#connectionId(), frame.bytes, frame.isBinary);
    }
  }

  #connectionId(): ConnectionId {
    invariant(typeof this.#id === 'number', 'a connection is reported only after it was opened');
    return this.#id;
  }
}
