import type { Socket } from '../../../application/ports/socket.ts';
import type { Admission, ConnectionEnd, Gateway } from '../../../application/ports/transport.ts';
import type { ConnectionId } from '../../../domain/ids.ts';
import { invariant } from '../../../domain/invariant.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { QUEUED_FRAME_BYTES } from '../../../domain/memory-sizes.ts';

/** Runs a turn after the current one, never inside it. */
export type Defer = (turn: () => void) => void;

/** Dependencies that all connections of a transport share. */
export interface ReporterContext {
  readonly gateway: Gateway;
  readonly defer: Defer;
  /** Bytes that may be queued for one connection while it is paused. */
  readonly maxBacklogBytes: number;
}

interface QueuedFrame {
  readonly bytes: Uint8Array;
  readonly isBinary: boolean;
}

/** A queued ping or pong. */
const CONTROL_FRAME: QueuedFrame = { bytes: new Uint8Array(), isBinary: true };

/** The frames that were received while a connection was paused. */
interface Backlog {
  readonly frames: QueuedFrame[];
  bytes: number;
}

/** Reports one connection to the gateway: `opened`, its frames in order, and `closed` once, as the last. */
export class ConnectionReporter {
  readonly #context: ReporterContext;
  /** The connection id; before the connection is open, its admission. */
  #id: ConnectionId | Admission;
  /** `muted`: further input of the client is ignored. */
  #state: 'reporting' | 'paused' | 'muted' | 'closed' = 'reporting';
  #backlog: Backlog | undefined = undefined;
  readonly #holding: Admission['memory'];
  #end: ConnectionEnd | undefined = undefined;

  constructor(context: ReporterContext, admission: Admission) {
    this.#context = context;
    this.#id = admission;
    this.#holding = admission.memory;
  }

  /** B1: bytes that the client has not read. Must be called on each change; repeated values are harmless. */
  unreadBytes(bytes: number): void {
    this.#holding?.set('unread', bytes);
  }

  /** B1: bytes of a message that is not complete yet. */
  incompleteBytes(bytes: number): void {
    this.#holding?.set('incomplete', bytes);
  }

  /** B1: bytes that the library holds until the connection ends. */
  bufferBytes(bytes: number): void {
    this.#holding?.set('buffer', bytes);
  }

  /** B3: whether the connection is being closed because of the memory that it holds. */
  get isToFreeMemory(): boolean {
    return this.#holding?.isEnding === true;
  }

  opened(socket: Socket): void {
    invariant(typeof this.#id === 'object', 'a connection opens once');
    this.#id = this.#context.gateway.opened(socket, this.#id);
  }

  /**
   * Reports the frame, or queues a copy while the connection is paused.
   * @returns false if the queue is full. One frame always fits, because its size has a limit of its own.
   */
  frame(bytes: Uint8Array, isBinary: boolean): boolean {
    if (this.#state === 'paused' || this.#backlog !== undefined) return this.#enqueue({ bytes, isBinary });
    if (this.#state === 'reporting') this.#context.gateway.frame(this.#connectionId(), bytes, isBinary);
    return true;
  }

  pause(): void {
    if (this.#state === 'reporting') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'reporting';
    this.#context.defer(() => this.#drain());
  }

  /** The broker has closed the connection: further input is not reported. The first `end` counts. */
  stopReporting(end: ConnectionEnd): void {
    this.#end ??= end;
    if (this.#state !== 'closed') this.#state = 'muted';
    this.#dropBacklog();
  }

  /** M20: a ping or a pong was received. While paused, it is queued like a frame. @returns false if the queue is full. */
  controlFrame(): boolean {
    if (this.#state === 'paused' || this.#backlog !== undefined) return this.#enqueue(CONTROL_FRAME);
    if (this.#state === 'reporting') this.#context.gateway.controlFrame(this.#connectionId());
    return true;
  }

  /** Must be called before `closed`. */
  unsent(message: SignalMessage): void {
    this.#context.defer(() => this.#context.gateway.unsent(this.#connectionId(), message));
  }

  /** @param end is used if `stopReporting` was not called. */
  closed(end: ConnectionEnd): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#dropBacklog();
    // A library may report the fault for which it closes a connection only after the close.
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

  // The gateway may pause or close the connection within the loop.
  #drain(): void {
    while (this.#state === 'reporting' && this.#backlog !== undefined) {
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
