import type { ExpiredInRealm, HeldMessages } from '../../../application/ports/mailbox-store.ts';
import type { RealmKey } from '../../../domain/ids.ts';
import { MailboxTable, type MailboxLimits } from '../../../domain/mailbox-table.ts';
import type { MemoryBudget } from '../../../domain/memory-budget.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';

/** M23: messages that expire in one turn of the event loop. Each takes about 2 µs. */
const EXPIRIES_PER_TURN = 500;

/** The mailboxes of all realms: one table for each. */
export class RealmTables {
  readonly #limits: MailboxLimits;
  readonly #memory: MemoryBudget | undefined;
  readonly #tables = new Map<RealmKey, MailboxTable>();

  /** @param memory B1, B2: counts the memory of the messages. */
  constructor(limits: MailboxLimits, memory?: MemoryBudget) {
    this.#limits = limits;
    this.#memory = memory;
  }

  /** The table of a realm; undefined if none was opened. */
  find(realm: RealmKey): MailboxTable | undefined {
    return this.#tables.get(realm);
  }

  /** The table of a realm. */
  open(realm: RealmKey): MailboxTable {
    const known = this.#tables.get(realm);
    if (known !== undefined) return known;
    const table = new MailboxTable(this.#limits, this.#memory);
    this.#tables.set(realm, table);
    return table;
  }

  /** M14, M23: removes some of the expired messages of all realms. `isMore`: others are still due. */
  expire(now: Millis): { readonly expired: ExpiredInRealm[]; readonly isMore: boolean } {
    const expired: ExpiredInRealm[] = [];
    let left = EXPIRIES_PER_TURN;
    for (const [realm, table] of this.#tables) {
      const before = table.messageCount;
      for (const pair of table.expire(now, left)) expired.push({ realm, ...pair });
      left -= before - table.messageCount;
      if (left === 0) break;
    }
    return { expired, isMore: this.nextDeadline() <= now };
  }

  nextDeadline(): Millis {
    let next = NEVER;
    for (const table of this.#tables.values()) next = Math.min(next, table.nextDeadline());
    return next;
  }

  heldIn(realm: RealmKey): HeldMessages {
    const table = this.#tables.get(realm);
    return { messages: table?.messageCount ?? 0, bytes: table?.bytes ?? 0 };
  }

  /** Mailboxes and bytes in all realms. */
  usage(): { readonly mailboxes: number; readonly bytes: number } {
    let mailboxes = 0;
    let bytes = 0;
    for (const table of this.#tables.values()) {
      mailboxes += table.mailboxCount;
      bytes += table.bytes;
    }
    return { mailboxes, bytes };
  }
}
