/** Where bytes go, as `node:fs` serves a file descriptor that does not block. */
export interface OutputDescriptor {
  write(bytes: Uint8Array, done: (error: NodeJS.ErrnoException | null, written: number) => void): void;
  /** @throws where it can't write at once. */
  writeSync(bytes: Uint8Array): number;
}

const RETRY_MS = 50;
/** The lines at hand are lost, later ones may find room. */
const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const NOTHING = new Uint8Array();

/**
 * Lines for an outlet that may be slow, stuck, full or gone. Writing a line never waits and never throws:
 * lines queue up to a bound, beyond which they are lost, as are all lines of an outlet that is gone.
 */
export class NonBlockingStream {
  readonly #outlet: OutputDescriptor;
  readonly #maxWaiting: number;
  #queued = '';
  /** Given to the outlet, and not written yet. */
  #writing: Uint8Array = NOTHING;
  #state: 'idle' | 'writing' | 'retrying' | 'gone' = 'idle';

  /** @param maxWaiting how many characters may queue. */
  constructor(outlet: OutputDescriptor, maxWaiting: number) {
    this.#outlet = outlet;
    this.#maxWaiting = maxWaiting;
  }

  write(line: string): void {
    if (this.#state === 'gone' || this.#queued.length + line.length > this.#maxWaiting) return;
    this.#queued += line;
    if (this.#state === 'idle') this.#writeWaiting();
  }

  /** Writes what can be written at once: for the end of the process, when no callback comes any more. */
  flush(): void {
    // What an outlet is writing can't be taken back: it is written by now, or lost.
    const begun = this.#state === 'retrying' ? this.#writing : NOTHING;
    let rest: Uint8Array = Buffer.concat([begun, Buffer.from(this.#queued)]);
    this.#queued = '';
    try {
      while (rest.length > 0) rest = rest.subarray(this.#outlet.writeSync(rest));
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
    this.#outlet.write(this.#writing, (error, written) => this.#wrote(error?.code, written));
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
