import type { MemoryAccount } from '../domain/memory-account.ts';
import type { SignalMessage } from '../domain/message.ts';
import type { Millis } from '../domain/time.ts';
import { QUEUED_FRAME_BYTES } from '../domain/memory-sizes.ts';
import type { Clock } from './ports/clock.ts';
import type { Socket, WriteOutcome } from './ports/socket.ts';

/** The close code for an exceeded limit. */
const POLICY_VIOLATION = 1008;

interface Pace {
  readonly pace: Millis;
  readonly maxBytes: number;
  /** B1. */
  readonly memory?: MemoryAccount | undefined;
}

/** X2: a socket that keeps a minimum interval between two texts, because old clients take texts that arrive together for one. */
export class PacedSocket implements Socket {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #pace: Millis;
  /** The limit for queued bytes. */
  readonly #maxBytes: number;
  readonly #memory: MemoryAccount | undefined;
  readonly #queue: { readonly text: Uint8Array; readonly message: SignalMessage | undefined }[] = [];
  #queuedBytes = 0;
  #nextAt: Millis;
  #pendingClose: (() => void) | undefined;
  #isClosed = false;

  constructor(socket: Socket, clock: Clock, { pace, maxBytes, memory }: Pace) {
    this.#socket = socket;
    this.#clock = clock;
    this.#pace = pace;
    this.#maxBytes = maxBytes;
    this.#memory = memory;
    this.#nextAt = clock.now();
  }

  write(text: Uint8Array, message?: SignalMessage): WriteOutcome {
    if (this.#isClosed || this.#pendingClose !== undefined) return 'gone';
    const now = this.#clock.now();
    if (this.#queue.length === 0 && now >= this.#nextAt) {
      this.#nextAt = now + this.#pace;
      return this.#socket.write(text, message);
    }
    if (this.#queue.length > 0 && this.#queuedBytes + QUEUED_FRAME_BYTES + text.length > this.#maxBytes) {
      // Queued messages are returned when the end is reported.
      this.#close(() => this.#socket.close(POLICY_VIOLATION, 'reads too slowly'));
      return 'gone';
    }
    if (this.#queue.length === 0) this.#clock.wakeAt(this.#nextAt, () => this.#sendNext());
    this.#queue.push({ text: new Uint8Array(text), message });
    this.#countBytes(QUEUED_FRAME_BYTES + text.length);
    return 'queued';
  }

  ping(): void {
    this.#socket.ping();
  }

  /** Queued texts are sent before the close, unless the socket is closed to free memory (B1). */
  close(code: number, why: string): void {
    if (this.#queue.length === 0 || this.#memory?.isEnding === true) return this.#close(() => this.#socket.close(code, why));
    this.#pendingClose ??= () => this.#close(() => this.#socket.close(code, why));
  }

  terminate(): void {
    this.#isClosed = true;
    this.#socket.terminate();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  spend(units: number): void {
    this.#socket.spend?.(units);
  }

  mayContinue(): boolean {
    return this.#socket.mayContinue?.() !== false;
  }

  /** M16: called after the end of the connection. @returns accepted messages that were not sent. */
  takeUnsent(): SignalMessage[] {
    this.#isClosed = true;
    const messages = this.#queue.map(({ message }) => message).filter((message) => message !== undefined);
    this.#queue.length = 0;
    return messages;
  }

  #sendNext(): void {
    if (this.#isClosed) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#countBytes(-QUEUED_FRAME_BYTES - next.text.length);
    this.#nextAt = this.#clock.now() + this.#pace;
    this.#socket.write(next.text, next.message);
    if (this.#queue.length > 0) this.#clock.wakeAt(this.#nextAt, () => this.#sendNext());
    else this.#pendingClose?.();
  }

  #countBytes(added: number): void {
    this.#queuedBytes += added;
    this.#memory?.set('paced', this.#queuedBytes);
  }

  #close(close: () => void): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    close();
  }
}
