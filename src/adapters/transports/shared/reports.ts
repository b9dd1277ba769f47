import type { Socket } from '../../../application/ports/socket.ts';
import type { Admission, Gateway } from '../../../application/ports/transport.ts';
import type { ConnectionId } from '../../../domain/ids.ts';
import { invariant } from '../../../domain/invariant.ts';
import type { SignalMessage } from '../../../domain/message.ts';

/** Runs a turn after the present one, never inside it. */
export type Later = (turn: () => void) => void;

interface WaitingFrame {
  readonly bytes: Uint8Array;
  readonly isBinary: boolean;
}

// Empty frames take room too.
const FRAME_OVERHEAD_BYTES = 64;

/** What one connection tells the gateway: that it is open, its frames in order, and once, as the last, that it is closed. */
export class Reports {
  readonly #gateway: Gateway;
  readonly #later: Later;
  readonly #room: number;
  #connection: ConnectionId | undefined;
  #waiting: WaitingFrame[] = [];
  #waitingBytes = 0;
  #isPaused = false;
  #isDeaf = false;
  #isClosed = false;

  /** @param room how many bytes may wait while the connection is paused. */
  constructor(gateway: Gateway, { later, room }: { readonly later: Later; readonly room: number }) {
    this.#gateway = gateway;
    this.#later = later;
    this.#room = room;
  }

  opened(socket: Socket, admission: Admission): void {
    this.#connection = this.#gateway.opened(socket, admission);
  }

  /**
   * Reports the frame, or keeps a copy of it while paused. @returns false where too much waits already;
   * one frame always finds room, for its size has a bound of its own.
   */
  frame(bytes: Uint8Array, isBinary: boolean): boolean {
    if (this.#isDeaf) return true;
    if (this.#isPaused || this.#waiting.length > 0) return this.#keep(bytes, isBinary);
    this.#gateway.frame(this.#named(), bytes, isBinary);
    return true;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#later(() => this.#release());
  }

  /** The broker has said goodbye: whatever still comes from the far end counts no more. */
  hearNoMore(): void {
    this.#isDeaf = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** To be told before `closed`. */
  unsent(message: SignalMessage): void {
    this.#later(() => this.#gateway.unsent(this.#named(), message));
  }

  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.hearNoMore();
    this.#later(() => this.#gateway.closed(this.#named()));
  }

  #keep(bytes: Uint8Array, isBinary: boolean): boolean {
    const size = bytes.length + FRAME_OVERHEAD_BYTES;
    if (this.#waiting.length > 0 && this.#waitingBytes + size > this.#room) return false;
    this.#waiting.push({ bytes: new Uint8Array(bytes), isBinary });
    this.#waitingBytes += size;
    return true;
  }

  // The gateway may pause, or say goodbye, in the middle of it.
  #release(): void {
    while (!this.#isPaused) {
      const frame = this.#waiting.shift();
      if (frame === undefined) return;
      this.#waitingBytes -= frame.bytes.length + FRAME_OVERHEAD_BYTES;
      this.#gateway.frame(this.#named(), frame.bytes, frame.isBinary);
    }
  }

  #named(): ConnectionId {
    invariant(this.#connection !== undefined, 'a connection is reported only after it was opened');
    return this.#connection;
  }
}
