/**
 * Whether the library is reporting the messages of one read over TLS. A write to any connection makes it discard the rest of
 * that read, so that texts, responses and ends wait until it has reported all. The rest is not empty if a client sends more
 * than 512 KiB at once. Pongs and responses to pipelined requests can't wait, because the library writes them itself, or ends
 * the connection.
 */
export class TlsReading {
  #isActive = false;

  get isActive(): boolean {
    return this.#isActive;
  }

  /** Runs a handler of the library. */
  during(handler: () => void): void {
    this.#isActive = true;
    try {
      handler();
    } finally {
      this.#isActive = false;
    }
  }

  /** Runs `write` now, or in a later turn if the library is reading. */
  afterwards(write: () => void): void {
    if (this.#isActive) setImmediate(write);
    else write();
  }
}
