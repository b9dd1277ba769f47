/** Something that leads to a far end, and can be ended without a word. */
interface Terminable {
  terminate(): void;
}

/** All that is not over yet. */
export class OpenConnections {
  readonly #connections = new Set<Terminable>();
  #whenEmpty: (() => void) | undefined;

  add(end: Terminable): void {
    this.#connections.add(end);
  }

  /** It is over, and was reported. */
  delete(end: Terminable): void {
    this.#connections.delete(end);
    if (this.#connections.size === 0) this.#whenEmpty?.();
  }

  /** Cuts what is left, and resolves when all of it was reported. */
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
