/** Delivers answers in the order of the requests. Results may arrive in any order. */
export class OrderedAnswers {
  readonly #slots: { answer: (() => void) | undefined }[] = [];

  /** Reserves the place of the next answer. @returns a function to be called once with the answer. */
  reserve(): (answer: () => void) => void {
    const slot: { answer: (() => void) | undefined } = { answer: undefined };
    this.#slots.push(slot);
    return (answer) => {
      slot.answer = answer;
      this.#deliver();
    };
  }

  #deliver(): void {
    for (let first = this.#slots[0]; first?.answer !== undefined; first = this.#slots[0]) {
      this.#slots.shift();
      first.answer();
    }
  }
}
