import type { Socket } from '../../../application/ports/socket.ts';
import type { Admission, ConnectionEnd, Gateway } from '../../../application/ports/transport.ts';
import type { ConnectionId } from '../../../domain/ids.ts';
import { invariant } from '../../../domain/invariant.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import { QUEUED_FRAME_BYTES } from '../../../domain/weights.ts';

/** Runs a turn after the present one, never inside it. */
export type Later = (turn: () => void) => void;

/** What all connections of a transport have in common. */
export interface Desk {
  readonly gateway: Gateway;
  readonly later: Later;
  /** How many bytes may wait for one connection while it is paused. */
  readonly room: number;
}

interface WaitingFrame {
  readonly bytes: Uint8Array;
  readonly isBinary: boolean;
}

/** Stands for a ping or a pong. */
const CONTROL: WaitingFrame = { bytes: new Uint8Array(), isBinary: true };

/** What came while a connection was paused. */
interface Backlog {
  readonly frames: WaitingFrame[];
  bytes: number;
}

/** What one connection tells the gateway: that it is open, its frames in order, and once, as the last, that it is closed. */
export class Reports {
  readonly #desk: Desk;
  /** How the connection is called; before it is open, how it was let in. */
  #name: ConnectionId | Admission;
  /** `deaf`: whatever still comes from the far end counts no more. */
  #state: 'hearing' | 'paused' | 'deaf' | 'closed' = 'hearing';
  #backlog: Backlog | undefined = undefined;
  readonly #holding: Admission['holding'];
  #end: ConnectionEnd | undefined = undefined;

  constructor(desk: Desk, admission: Admission) {
    this.#desk = desk;
    this.#name = admission;
    this.#holding = admission.holding;
  }

  /** B1: how much the far end has left unread, in bytes. To be told when it changes, and may be told when it has not. */
  unread(bytes: number): void {
    this.#holding?.set('unread', bytes);
  }

  /** B1: bytes of a message that is not complete yet. */
  incomplete(bytes: number): void {
    this.#holding?.set('incomplete', bytes);
  }

  opened(socket: Socket): void {
    invariant(typeof this.#name === 'object', 'a connection opens once');
    this.#name = this.#desk.gateway.opened(socket, this.#name);
  }

  /**
   * Reports the frame, or keeps a copy of it while paused. @returns false where too much waits already;
   * one frame always finds room, for its size has a bound of its own.
   */
  frame(bytes: Uint8Array, isBinary: boolean): boolean {
    if (this.#state === 'paused' || this.#backlog !== undefined) return this.#keep({ bytes, isBinary });
    if (this.#state === 'hearing') this.#desk.gateway.frame(this.#named(), bytes, isBinary);
    return true;
  }

  pause(): void {
    if (this.#state === 'hearing') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'hearing';
    this.#desk.later(() => this.#release());
  }

  /** The broker has closed the connection: nothing that still comes is reported. The first `end` counts. */
  hearNoMore(end: ConnectionEnd): void {
    this.#end ??= end;
    if (this.#state !== 'closed') this.#state = 'deaf';
    this.#dropBacklog();
  }

  /** M20: a ping or a pong came. While paused it waits like a frame. @returns false where too much waits already. */
  alive(): boolean {
    if (this.#state === 'paused' || this.#backlog !== undefined) return this.#keep(CONTROL);
    if (this.#state === 'hearing') this.#desk.gateway.alive(this.#named());
    return true;
  }

  /** To be told before `closed`. */
  unsent(message: SignalMessage): void {
    this.#desk.later(() => this.#desk.gateway.unsent(this.#named(), message));
  }

  /** @param end counts where `hearNoMore` was told none. */
  closed(end: ConnectionEnd): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#dropBacklog();
    // A library may tell the fault for which it closes after it has closed.
    this.#desk.later(() => this.#desk.gateway.closed(this.#named(), this.#end ?? end));
  }

  #dropBacklog(): void {
    this.#backlog = undefined;
    this.#holding?.set('backlog', 0);
  }

  #keep(frame: WaitingFrame): boolean {
    const backlog = (this.#backlog ??= { frames: [], bytes: 0 });
    const size = frame.bytes.length + QUEUED_FRAME_BYTES;
    if (backlog.frames.length > 0 && backlog.bytes + size > this.#desk.room) return false;
    backlog.frames.push(frame === CONTROL ? CONTROL : { bytes: new Uint8Array(frame.bytes), isBinary: frame.isBinary });
    backlog.bytes += size;
    this.#holding?.set('backlog', backlog.bytes);
    return true;
  }

  // The gateway may pause, or say goodbye, in the middle of it.
  #release(): void {
    while (this.#state === 'hearing' && this.#backlog !== undefined) {
      const frame = this.#backlog.frames.shift();
      if (frame === undefined) {
        this.#dropBacklog();
        return;
      }
      this.#backlog.bytes -= frame.bytes.length + QUEUED_FRAME_BYTES;
      this.#holding?.set('backlog', this.#backlog.bytes);
      if (frame === CONTROL) this.#desk.gateway.alive(this.#named());
      else this.#desk.gateway.frame(this.#named(), frame.bytes, frame.isBinary);
    }
  }

  #named(): ConnectionId {
    invariant(typeof this.#name === 'number', 'a connection is reported only after it was opened');
    return this.#name;
  }
}
