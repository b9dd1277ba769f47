/** A file descriptor in non-blocking mode, as `node:fs` writes to it. */
export interface OutputDescriptor {
  write(bytes: Uint8Array, done: (error: NodeJS.ErrnoException | null, written: number) => void): void;
  /** @throws if the bytes can't be written at once. */
  writeSync(bytes: Uint8Array): number;
}

const RETRY_MS = 50;
/** Errors that lose the queued lines; later lines may be written. */
const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const NOTHING = new Uint8Array();

/**
 * Writes lines to a descriptor that may be slow, blocked, full or closed. A write neither blocks nor throws. Lines are queued up
 * to a limit; lines beyond the limit, and all lines to a closed descriptor, are lost.
 */
export class NonBlockingStream {
  readonly #descriptor: OutputDescriptor;
  readonly #maxWaiting: number;
  #queued = '';
  /** Passed to the descriptor, and not written yet. */
  #writing: Uint8Array = NOTHING;
  #state: 'idle' | 'writing' | 'retrying' | 'gone' = 'idle';

  /** @param maxWaiting characters that may be queued. */
  constructor(descriptor: OutputDescriptor, maxWaiting: number) {
    this.#descriptor = descriptor;
    this.#maxWaiting = maxWaiting;
  }

  write(line: string): void {
    if (this.#state === 'gone' || this.#queued.length + line.length > this.#maxWaiting) return;
    this.#queued += line;
    if (this.#state === 'idle') this.#writeWaiting();
  }

  /** Writes all that can be written synchronously. For process exit, when no callback runs any more. */
  flush(): void {
    // A write in progress can't be cancelled: its bytes are either written or lost.
    const begun = this.#state === 'retrying' ? this.#writing : NOTHING;
    let rest: Uint8Array = Buffer.concat([begun, Buffer.from(this.#queued)]);
    this.#queued = '';
    try {
      while (rest.length > 0) rest = rest.subarray(this.#descriptor.writeSync(rest));
    } catch {
      this.#state = 'gone';
    }
  }

  #writeWaiting(): void {
    this.#writing = Buffer.from(this.#queued);
    this.#queued = '';
    this.#writeLeaving();
  }

  #writeLeaving(): void {
    if (this.#state === 'gone') return;
    this.#state = 'writing';
    this.#descriptor.write(this.#writing, (error, written) => this.#wrote(error?.code, written));
  }

  #wrote(failure: string | undefined, written: number): void {
    if (failure === 'EAGAIN') {
      this.#state = 'retrying';
      setTimeout(() => this.#writeLeaving(), RETRY_MS);
      return;
    }
    if (failure !== undefined && !FULL.has(failure)) return this.#giveUp();
    this.#writing = failure === undefined ? this.#writing.subarray(written) : NOTHING;
    if (this.#writing.length > 0) return this.#writeLeaving();
    this.#state = 'idle';
    if (this.#queued !== '') this.#writeWaiting();
  }

  #giveUp(): void {
    this.#state = 'gone';
    this.#queued = '';
    this.#writing = NOTHING;
  }
}
