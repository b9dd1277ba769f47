/** Lets answers out in the order in which they were asked for, whenever each is known. */
export class OrderedAnswers {
  readonly #slots: { answer: (() => void) | undefined }[] = [];

  /** The place of the next answer; to be given one, once. */
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
