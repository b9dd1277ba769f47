import type { Subscription } from './subscriptions.ts';

/** A verb whose request has no result yet. */
export type PendingVerb =
  | { readonly verb: 'sub'; readonly subscription: Subscription }
  /** @param max 0 for at once. */
  | { readonly verb: 'unsub'; readonly subscription: Subscription; readonly max: number }
  | {
      readonly verb: 'publish';
      readonly subject: string;
      /** Latin-1. */
      readonly reply: string | undefined;
      /** NA4: whether its `+OK` was sent. */
      isConfirmed: boolean;
    };

/** The verbs on their way, by receipt. Results arrive in the order of the verbs. Bounded by the requests on their way. */
export class PendingReceipts {
  readonly #verbs = new Map<number, PendingVerb>();
  #next = 0;
  /** Of the last result. A verb without a result was dropped with its connection. */
  #answered = -1;

  /** @returns the receipt. */
  add(verb: PendingVerb): number {
    this.#verbs.set(this.#next, verb);
    return this.#next++;
  }

  /** The first verb without a result. */
  get oldest(): PendingVerb | undefined {
    return this.#verbs.get(this.#answered + 1);
  }

  /** The verb with this receipt, which is kept until the next result. */
  answered(receipt: number): PendingVerb | undefined {
    const verb = this.#verbs.get(receipt);
    if (verb === undefined) return undefined;
    for (let number = this.#answered; number < receipt; number++) this.#verbs.delete(number);
    this.#answered = receipt;
    return verb;
  }
}
