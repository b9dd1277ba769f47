import type {
  ExpireAnswer,
  MailboxPeer,
  HoldAnswer,
  HeldMessages,
  MailboxStore,
  TakeAnswer,
} from '../../../application/ports/mailbox-store.ts';
import type { BusMessage } from '../../../application/ports/node-bus.ts';
import type { Holder } from '../../../application/ports/peer-directory.ts';
import type { NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';
import type { MailboxLimits } from '../../../domain/mailbox-table.ts';
import type { MemoryBudget } from '../../../domain/memory-budget.ts';
import { needsDelivery, type SignalMessage } from '../../../domain/message.ts';
import type { Millis } from '../../../domain/time.ts';
import { RealmTables } from '../shared/realm-tables.ts';

/** The owners of ids, and a way to notify nodes, if several nodes share the store. */
export interface MailboxCluster {
  readonly holders: { holderOf(realm: RealmKey, id: PeerId): (Holder & { readonly isAlive: boolean }) | undefined };
  readonly notify: (node: NodeId, word: BusMessage) => void;
}

// The port promises no complete list.
const MAX_LISTED = 1000;

const NONE: readonly never[] = [];

/** Mailboxes in memory: one table for each realm. */
export class MemoryMailboxStore implements MailboxStore {
  readonly #tables: RealmTables;
  readonly #cluster: MailboxCluster | undefined;

  /**
   * @param memory B1, B2: counts the memory of the messages.
   * @param cluster for several nodes that share the store; without it, every peer belongs to this node.
   */
  constructor(limits: MailboxLimits, cluster?: MailboxCluster, memory?: MemoryBudget) {
    this.#tables = new RealmTables(limits, memory);
    this.#cluster = cluster;
  }

  put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: HoldAnswer): void {
    if (sender !== undefined && this.#hasMoved(sender)) return answer('moved');
    const addressee = this.#cluster?.holders.holderOf(realm, message.to);
    const connectedNode = addressee?.isAlive === true ? addressee.node : undefined;
    const isWanted =
      needsDelivery(message.kind) || connectedNode !== undefined || (sender === undefined && addressee !== undefined);
    if (this.#cluster !== undefined && !isWanted) return answer('unwanted');
    const table = this.#tables.open(realm);
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
    const table = this.#tables.find(realm.key);
    const claim = this.#cluster !== undefined && holder === undefined ? 'free' : 'held';
    if (table === undefined) return answer(NONE, NONE, claim);
    const unread = this.#cluster === undefined ? NONE : table.recipientsOf(id);
    const waits: Millis[] = [];
    answer(table.take(id, now, waits), unread, claim, waits);
  }

  waiting(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    answer(this.#tables.find(realm)?.recipients(MAX_LISTED) ?? []);
  }

  measure(realm: RealmKey, id: PeerId, answer: (held: HeldMessages) => void): void {
    answer(this.#tables.find(realm)?.sizeOf(id) ?? { messages: 0, bytes: 0 });
  }

  expire(now: Millis, answer: ExpireAnswer): void {
    const { expired, isMore } = this.#tables.expire(now);
    answer(expired, isMore);
  }

  nextDeadline(): Millis {
    return this.#tables.nextDeadline();
  }

  heldIn(realm: RealmKey): HeldMessages {
    return this.#tables.heldIn(realm);
  }

  /** Mailboxes and bytes in all realms. */
  usage(): { readonly mailboxes: number; readonly bytes: number } {
    return this.#tables.usage();
  }

  #hasMoved({ realm, id, connection }: MailboxPeer): boolean {
    if (this.#cluster === undefined) return false;
    const holder = this.#cluster.holders.holderOf(realm.key, id);
    return holder?.node !== realm.node || holder.connection !== connection;
  }
}
