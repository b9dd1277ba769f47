/** Where bytes go, as `node:fs` serves a file descriptor. */
export interface Outlet {
  write(bytes: Uint8Array, done: (error: NodeJS.ErrnoException | null, written: number) => void): void;
  /** @throws where it can't write at once. */
  writeSync(bytes: Uint8Array): number;
}

const RETRY_MS = 50;

/**
 * Lines for an outlet that may be slow, stuck or gone. Writing a line never waits and never throws:
 * lines queue up to a bound, beyond which they are lost, as all are when nobody reads any more.
 */
export class PatientStream {
  readonly #outlet: Outlet;
  readonly #maxWaiting: number;
  #waiting = '';
  #isWriting = false;
  #isGone = false;

  /** @param maxWaiting how many characters may queue. */
  constructor(outlet: Outlet, maxWaiting: number) {
    this.#outlet = outlet;
    this.#maxWaiting = maxWaiting;
  }

  write(line: string): void {
    if (this.#isGone || this.#waiting.length + line.length > this.#maxWaiting) return;
    this.#waiting += line;
    if (!this.#isWriting) this.#writeWaiting();
  }

  /** Writes what can be written at once: for the end of the process, when nothing is called back any more. */
  flush(): void {
    let rest: Uint8Array = Buffer.from(this.#waiting);
    this.#waiting = '';
    try {
      while (rest.length > 0) rest = rest.subarray(this.#outlet.writeSync(rest));
    } catch {
      this.#isGone = true;
    }
  }

  #writeWaiting(): void {
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = '';
    this.#isWriting = true;
    this.#writeBytes(bytes);
  }

  #writeBytes(bytes: Uint8Array): void {
    this.#outlet.write(bytes, (error, written) => {
      if (error?.code === 'EAGAIN') return void setTimeout(() => this.#writeBytes(bytes), RETRY_MS);
      if (error !== null) return this.#giveUp();
      if (written < bytes.length) return this.#writeBytes(bytes.subarray(written));
      this.#isWriting = false;
      if (this.#waiting !== '') this.#writeWaiting();
    });
  }

  #giveUp(): void {
    this.#isGone = true;
    this.#waiting = '';
  }
}
