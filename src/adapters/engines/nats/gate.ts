/** A promise that resolves when the gate is opened. */
export class Gate {
  readonly opened: Promise<void>;
  isOpen = false;
  #resolve: () => void = () => undefined;

  constructor() {
    this.opened = new Promise((resolve) => (this.#resolve = resolve));
  }

  open(): void {
    this.isOpen = true;
    this.#resolve();
  }
}
