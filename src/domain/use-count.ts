import { invariant } from './invariant.ts';

/** R2: the users of a realm: its sessions until their connections have ended, and operations without a result yet. */
export class UseCount {
  readonly #onChange: (isUsed: boolean) => void;
  #count = 0;

  /** @param onChange called with true for the first user, and with false after the last one. */
  constructor(onChange: (isUsed: boolean) => void = () => undefined) {
    this.#onChange = onChange;
  }

  add(): void {
    this.#count += 1;
    if (this.#count === 1) this.#onChange(true);
  }

  remove(): void {
    invariant(this.#count > 0, 'a user is removed once');
    this.#count -= 1;
    if (this.#count === 0) this.#onChange(false);
  }
}
