/** A connection that can be terminated without a close frame. */
interface Terminable {
  terminate(): void;
}

/** All connections that are not reported as closed yet. */
export class OpenConnections {
  readonly #connections = new Set<Terminable>();
  #whenEmpty: (() => void) | undefined;

  add(end: Terminable): void {
    this.#connections.add(end);
  }

  /** The connection was reported as closed. */
  delete(end: Terminable): void {
    this.#connections.delete(end);
    if (this.#connections.size === 0) this.#whenEmpty?.();
  }

  /** Terminates all open connections, and resolves when each was reported as closed. */
  async terminateAll(): Promise<void> {
    for (const end of this.#connections) end.terminate();
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => {
      const earlier = this.#whenEmpty;
      this.#whenEmpty = () => {
        earlier?.();
        resolve();
      };
    });
  }
}
