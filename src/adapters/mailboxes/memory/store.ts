import type {
  MailboxPeer,
  ExpiredInRealm,
  HoldAnswer,
  HeldMessages,
  MailboxStore,
  TakeAnswer,
} from '../../../application/ports/mailbox-store.ts';
import type { BusMessage } from '../../../application/ports/node-bus.ts';
import type { Holder } from '../../../application/ports/peer-directory.ts';
import type { NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';
import { MailboxTable, type MailboxLimits } from '../../../domain/mailbox-table.ts';
import type { MemoryBudget } from '../../../domain/memory-budget.ts';
import { needsDelivery, type SignalMessage } from '../../../domain/message.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';

/** The owners of ids, and a way to notify nodes, if several nodes share the store. */
export interface MailboxCluster {
  readonly holders: { holderOf(realm: RealmKey, id: PeerId): (Holder & { readonly isAlive: boolean }) | undefined };
  readonly notify: (node: NodeId, word: BusMessage) => void;
}

// The port promises no complete list.
const MAX_LISTED = 1000;

/** Mailboxes in memory: one table for each realm. */
export class MemoryMailboxStore implements MailboxStore {
  readonly #limits: MailboxLimits;
  readonly #tables = new Map<RealmKey, MailboxTable>();
  readonly #cluster: MailboxCluster | undefined;
  readonly #memory: MemoryBudget | undefined;

  /**
   * @param memory B1, B2: counts the memory of the messages.
   * @param cluster for several nodes that share the store; without it, every peer belongs to this node.
   */
  constructor(limits: MailboxLimits, cluster?: MailboxCluster, memory?: MemoryBudget) {
    this.#memory = memory;
    this.#limits = limits;
    this.#cluster = cluster;
  }

  put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: HoldAnswer): void {
    if (sender !== undefined && this.#hasMoved(sender)) return answer('moved');
    const addressee = this.#cluster?.holders.holderOf(realm, message.to);
    const connectedNode = addressee?.isAlive === true ? addressee.node : undefined;
    const isWanted =
      needsDelivery(message.kind) || connectedNode !== undefined || (sender === undefined && addressee !== undefined);
    if (this.#cluster !== undefined && !isWanted) return answer('unwanted');
    const table = this.#tables.get(realm) ?? new MailboxTable(this.#limits, this.#memory);
    this.#tables.set(realm, table);
    const posting = { isConnected: connectedNode !== undefined, address: sender?.memory?.address };
    const exceeded = table.put(message, now, posting);
    if (exceeded !== undefined) return answer('full', exceeded);
    answer('held');
    if (connectedNode !== undefined) this.#cluster?.notify(connectedNode, { type: 'mail', realm, id: message.to });
  }

  take({ realm, id, connection }: MailboxPeer, answer: TakeAnswer, now: Millis = 0): void {
    const holder = this.#cluster?.holders.holderOf(realm.key, id);
    if (holder?.isAlive === true && (holder.node !== realm.node || holder.connection !== connection)) {
      return answer([], [], 'moved');
    }
    const unread = this.#cluster === undefined ? [] : (this.#tables.get(realm.key)?.recipientsOf(id) ?? []);
    const claim = this.#cluster !== undefined && holder === undefined ? 'free' : 'held';
    const waits: Millis[] = [];
    answer(this.#tables.get(realm.key)?.take(id, now, waits) ?? [], unread, claim, waits);
  }

  waiting(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    answer(this.#tables.get(realm)?.recipients(MAX_LISTED) ?? []);
  }

  measure(realm: RealmKey, id: PeerId, answer: (held: HeldMessages) => void): void {
    answer(this.#tables.get(realm)?.sizeOf(id) ?? { messages: 0, bytes: 0 });
  }

  expire(now: Millis, answer: (expired: readonly ExpiredInRealm[]) => void): void {
    const expired: ExpiredInRealm[] = [];
    for (const [realm, table] of this.#tables) {
      for (const pair of table.expire(now)) expired.push({ realm, ...pair });
    }
    answer(expired);
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

  #hasMoved({ realm, id, connection }: MailboxPeer): boolean {
    if (this.#cluster === undefined) return false;
    const holder = this.#cluster.holders.holderOf(realm.key, id);
    return holder?.node !== realm.node || holder.connection !== connection;
  }
}
