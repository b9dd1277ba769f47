import type { MailboxBound } from '../../../domain/mailbox-table.ts';
import { heldMessageBytes } from '../../../domain/message.ts';
import type { StoredMessage } from './entries.ts';
import type { JournalState } from './journal-state.ts';
import { MailboxUsage } from './mailbox-usage.ts';

export interface MessageAdmissionOptions {
  /** The current state. */
  readonly state: () => JournalState;
  /** Resolves when an entry is applied. */
  readonly waitFor: (revision: number) => Promise<void>;
}

/**
 * M13: checks the limits before a message is written, with the messages of this node that are not read from the journal yet. A
 * written message is never rejected for its size, because a node that reads the journal later could not repeat the decision.
 */
export class MessageAdmission {
  readonly #options: MessageAdmissionOptions;
  /** Admitted messages that are not applied yet. */
  readonly #unread = new MailboxUsage();

  constructor(options: MessageAdmissionOptions) {
    this.#options = options;
  }

  /** @returns the limit that forbids the message; undefined if there is room. */
  boundOf({ from, to, payload }: StoredMessage): MailboxBound | undefined {
    const state = this.#options.state();
    const bytes = heldMessageBytes({ from, to, payload });
    return state.messages.boundOf({ from, to, bytes }, this.#unread, state.activeOwner(to) !== undefined);
  }

  /** @returns false if a limit is reached. */
  admit(message: StoredMessage): boolean {
    if (this.boundOf(message) !== undefined) return false;
    this.#unread.add(message.from, message.to, heldMessageBytes(message));
    return true;
  }

  /** To be called once for each admitted message. @param revision undefined if the write failed. */
  written(message: StoredMessage, revision: number | undefined): void {
    const remove = (): void => this.#unread.remove(message.from, message.to, heldMessageBytes(message));
    if (revision === undefined) remove();
    else void this.#options.waitFor(revision).then(remove);
  }
}
