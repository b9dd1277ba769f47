import { slotOf } from '../domain/ids.ts';
import type { RealmSession } from '../domain/realm.ts';

/** A power of two. It bounds the sessions that are kept after their end. */
const ENTRIES = 4_096;

/**
 * The recipient of the last message of each sender. Most messages go to the same peer as the one before, and a search by id reads
 * memory that is rarely in the cache of the CPU. Senders whose slots are equal modulo the size replace each other's entry.
 */
export class RecentRecipients {
  readonly #entries: (RealmSession | undefined)[] = new Array<RealmSession | undefined>(ENTRIES).fill(undefined);

  /** A registered session of the sender's realm, which may have ended since, or be the recipient of another sender. */
  of(sender: RealmSession): RealmSession | undefined {
    const recipient = this.#entries[slotOf(sender.connection) & (ENTRIES - 1)];
    return recipient?.realm === sender.realm ? recipient : undefined;
  }

  remember(sender: RealmSession, recipient: RealmSession): void {
    this.#entries[slotOf(sender.connection) & (ENTRIES - 1)] = recipient;
  }
}
