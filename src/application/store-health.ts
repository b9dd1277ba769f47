import type { Log } from './ports/log.ts';
import type { HoldOutcome, MailboxStore } from './ports/mailbox-store.ts';

/** M24: whether the mailbox store can write. Logs each change once. */
export class StoreHealth {
  readonly #mailboxes: Pick<MailboxStore, 'health'>;
  readonly #log: Log;
  #hasFailed = false;

  constructor({ mailboxes, log }: { readonly mailboxes: Pick<MailboxStore, 'health'>; readonly log: Log }) {
    this.#mailboxes = mailboxes;
    this.#log = log;
  }

  /** Whether the store reports that it can't write. A store that reports nothing counts as writable. */
  get isFailing(): boolean {
    // Without a report, only the next put shows whether the store has recovered.
    if (this.#mailboxes.health === undefined) return false;
    const reason = this.#mailboxes.health();
    this.#change(reason);
    return reason !== undefined;
  }

  /** The outcome of a put. */
  observe(outcome: HoldOutcome): void {
    if (outcome === 'failed') this.#change(this.#mailboxes.health?.() ?? 'the store gives no reason');
    else if (outcome === 'held' && this.#hasFailed) this.#change(this.#mailboxes.health?.());
  }

  #change(reason: string | undefined): void {
    const hasFailed = reason !== undefined;
    if (hasFailed === this.#hasFailed) return;
    this.#hasFailed = hasFailed;
    this.#log.record(hasFailed ? { event: 'mailbox-store-failed', detail: reason } : { event: 'mailbox-store-recovered' });
  }
}
