/** Something that leads to a far end, and can be ended without a word. */
interface End {
  cut(): void;
}

/** All that is not over yet. */
export class OpenEnds {
  readonly #ends = new Set<End>();
  #whenEmpty: (() => void) | undefined;

  add(end: End): void {
    this.#ends.add(end);
  }

  /** It is over, and was reported. */
  delete(end: End): void {
    this.#ends.delete(end);
    if (this.#ends.size === 0) this.#whenEmpty?.();
  }

  /** Cuts what is left, and resolves when all of it was reported. */
  async cutAll(): Promise<void> {
    for (const end of this.#ends) end.cut();
    if (this.#ends.size === 0) return;
    await new Promise<void>((resolve) => {
      const earlier = this.#whenEmpty;
      this.#whenEmpty = () => {
        earlier?.();
        resolve();
      };
    });
  }
}
