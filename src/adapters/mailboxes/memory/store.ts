import type {
  MailboxPeer,
  ExpiredInRealm,
  HoldOutcome,
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

/** Who speaks for an id, where several nodes share the store, and how they are told. */
export interface MailboxCluster {
  readonly holders: { holderOf(realm: RealmKey, id: PeerId): (Holder & { readonly lives: boolean }) | undefined };
  readonly notify: (node: NodeId, word: BusMessage) => void;
}

// A look into the store is a help, not an inventory.
const MAX_LISTED = 1000;

/** Mailboxes in this process: a mailroom for each realm that something waits in. */
export class MemoryMailboxStore implements MailboxStore {
  readonly #limits: MailboxLimits;
  readonly #tables = new Map<RealmKey, MailboxTable>();
  readonly #cluster: MailboxCluster | undefined;
  readonly #memory: MemoryBudget | undefined;

  /**
   * @param memory B1, B2: where the messages are counted.
   * @param cluster for the nodes of one process that share it; without one, every peer is this node's.
   */
  constructor(limits: MailboxLimits, cluster?: MailboxCluster, memory?: MemoryBudget) {
    this.#memory = memory;
    this.#limits = limits;
    this.#cluster = cluster;
  }

  put(
    realm: RealmKey,
    sender: MailboxPeer | undefined,
    message: SignalMessage,
    now: Millis,
    answer: (outcome: HoldOutcome) => void,
  ): void {
    if (sender !== undefined && this.#hasMoved(sender)) return answer('moved');
    const addressee = this.#cluster?.holders.holderOf(realm, message.to);
    const seat = addressee?.lives === true ? addressee.node : undefined;
    const isWanted = needsDelivery(message.kind) || seat !== undefined || (sender === undefined && addressee !== undefined);
    if (this.#cluster !== undefined && !isWanted) return answer('unwanted');
    const mailroom = this.#tables.get(realm) ?? new MailboxTable(this.#limits, this.#memory);
    this.#tables.set(realm, mailroom);
    const posting = { isConnected: seat !== undefined, address: sender?.memory?.address };
    if (!mailroom.put(message, now, posting)) return answer('full');
    answer('held');
    if (seat !== undefined) this.#cluster?.notify(seat, { type: 'mail', realm, id: message.to });
  }

  take({ realm, id, connection }: MailboxPeer, answer: TakeAnswer): void {
    const holder = this.#cluster?.holders.holderOf(realm.key, id);
    if (holder?.lives === true && (holder.node !== realm.node || holder.connection !== connection)) {
      return answer([], [], 'moved');
    }
    const unread = this.#cluster === undefined ? [] : (this.#tables.get(realm.key)?.recipientsOf(id) ?? []);
    answer(this.#tables.get(realm.key)?.take(id) ?? [], unread);
  }

  waiting(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    answer(this.#tables.get(realm)?.recipients(MAX_LISTED) ?? []);
  }

  expire(now: Millis, answer: (expired: readonly ExpiredInRealm[]) => void): void {
    const expired: ExpiredInRealm[] = [];
    for (const [realm, mailroom] of this.#tables) {
      for (const pair of mailroom.expire(now)) expired.push({ realm, ...pair });
    }
    answer(expired);
  }

  nextDeadline(): Millis {
    let next = NEVER;
    for (const mailroom of this.#tables.values()) next = Math.min(next, mailroom.nextDeadline());
    return next;
  }

  /** What waits in all realms: nothing, once everybody has come or waited long enough. */
  usage(): { readonly mailboxes: number; readonly bytes: number } {
    let mailboxes = 0;
    let bytes = 0;
    for (const mailroom of this.#tables.values()) {
      mailboxes += mailroom.mailboxCount;
      bytes += mailroom.bytes;
    }
    return { mailboxes, bytes };
  }

  #hasMoved({ realm, id, connection }: MailboxPeer): boolean {
    if (this.#cluster === undefined) return false;
    const holder = this.#cluster.holders.holderOf(realm.key, id);
    return holder?.node !== realm.node || holder.connection !== connection;
  }
}
