import type { MemoryAccount } from '../domain/memory-budget.ts';
import type { SignalMessage } from '../domain/message.ts';
import type { Millis } from '../domain/time.ts';
import { QUEUED_FRAME_BYTES } from '../domain/memory-sizes.ts';
import type { Clock } from './ports/clock.ts';
import type { Socket, WriteOutcome } from './ports/socket.ts';

/** The close code for what breaks a limit. */
const TOO_MUCH = 1008;

interface Pace {
  readonly pace: Millis;
  readonly room: number;
  /** B1. */
  readonly holding?: MemoryAccount | undefined;
}

/** X2: a socket that leaves a least time between two texts, for a far end that would take them for one. */
export class PacedSocket implements Socket {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #pace: Millis;
  /** How many bytes may wait. */
  readonly #room: number;
  readonly #holding: MemoryAccount | undefined;
  readonly #waiting: { readonly text: Uint8Array; readonly message: SignalMessage | undefined }[] = [];
  #waitingBytes = 0;
  #freeAt: Millis;
  #farewell: (() => void) | undefined;
  #isClosed = false;

  constructor(socket: Socket, clock: Clock, { pace, room, holding }: Pace) {
    this.#socket = socket;
    this.#clock = clock;
    this.#pace = pace;
    this.#room = room;
    this.#holding = holding;
    this.#freeAt = clock.now();
  }

  write(text: Uint8Array, message?: SignalMessage): WriteOutcome {
    if (this.#isClosed || this.#farewell !== undefined) return 'gone';
    const now = this.#clock.now();
    if (this.#waiting.length === 0 && now >= this.#freeAt) {
      this.#freeAt = now + this.#pace;
      return this.#socket.write(text, message);
    }
    if (this.#waiting.length > 0 && this.#waitingBytes + QUEUED_FRAME_BYTES + text.length > this.#room) {
      // What waits is handed back when the end is reported.
      this.#end(() => this.#socket.close(TOO_MUCH, 'reads too slowly'));
      return 'gone';
    }
    if (this.#waiting.length === 0) this.#clock.wakeAt(this.#freeAt, () => this.#next());
    this.#waiting.push({ text: new Uint8Array(text), message });
    this.#weigh(QUEUED_FRAME_BYTES + text.length);
    return 'queued';
  }

  ping(): void {
    this.#socket.ping();
  }

  /** What waits is sent first, unless the socket is closed for the memory that it takes (B1). */
  close(code: number, why: string): void {
    if (this.#waiting.length === 0 || this.#holding?.isEnding === true) return this.#end(() => this.#socket.close(code, why));
    this.#farewell ??= () => this.#end(() => this.#socket.close(code, why));
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** M16: the connection is over. @returns what it took and has not told. */
  takeUnsent(): SignalMessage[] {
    this.#isClosed = true;
    const messages = this.#waiting.map(({ message }) => message).filter((message) => message !== undefined);
    this.#waiting.length = 0;
    return messages;
  }

  #next(): void {
    if (this.#isClosed) return;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return;
    this.#weigh(-QUEUED_FRAME_BYTES - waiting.text.length);
    this.#freeAt = this.#clock.now() + this.#pace;
    this.#socket.write(waiting.text, waiting.message);
    if (this.#waiting.length > 0) this.#clock.wakeAt(this.#freeAt, () => this.#next());
    else this.#farewell?.();
  }

  #weigh(added: number): void {
    this.#waitingBytes += added;
    this.#holding?.set('paced', this.#waitingBytes);
  }

  #end(close: () => void): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    close();
  }
}
