/** A peer's secret for its id. It compares in constant time and never prints. */
export class Token {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** O4: takes as long for a wrong token as for the right one of the same length. */
  matches(other: Token): boolean {
    const mine = this.#secret;
    const theirs = other.#secret;
    let difference = mine.length ^ theirs.length;
    for (let i = 0; i < theirs.length; i++) difference |= mine.charCodeAt(i % mine.length) ^ theirs.charCodeAt(i);
    return difference === 0;
  }

  /** The secret itself, for the wire only: the one way out, so that a search finds every use. */
  reveal(): string {
    return this.#secret;
  }

  toString(): string {
    return '[token]';
  }

  toJSON(): string {
    return '[token]';
  }
}
