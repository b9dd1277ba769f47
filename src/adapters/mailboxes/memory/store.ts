import type {
  Correspondent,
  ExpiredInRealm,
  HoldOutcome,
  MailboxStore,
  TakeAnswer,
} from '../../../application/ports/mailbox-store.ts';
import type { NodeWord } from '../../../application/ports/node-bus.ts';
import type { Holder } from '../../../application/ports/peer-directory.ts';
import type { NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';
import { Mailroom, type MailroomLimits } from '../../../domain/mailroom.ts';
import type { MemoryBudget } from '../../../domain/memory-budget.ts';
import { matters, type SignalMessage } from '../../../domain/message.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';

/** Who speaks for an id, where several nodes share the store, and how they are told. */
export interface MailboxCluster {
  readonly holders: { holderOf(realm: RealmKey, id: PeerId): (Holder & { readonly lives: boolean }) | undefined };
  readonly tell: (node: NodeId, word: NodeWord) => void;
}

// A look into the store is a help, not an inventory.
const MANY = 1000;

/** Mailboxes in this process: a mailroom for each realm that something waits in. */
export class MemoryMailboxStore implements MailboxStore {
  readonly #limits: MailroomLimits;
  readonly #mailrooms = new Map<RealmKey, Mailroom>();
  readonly #cluster: MailboxCluster | undefined;
  readonly #memory: MemoryBudget | undefined;

  /**
   * @param memory B1, B2: where the messages are counted.
   * @param cluster for the nodes of one process that share it; without one, every peer is this node's.
   */
  constructor(limits: MailroomLimits, cluster?: MailboxCluster, memory?: MemoryBudget) {
    this.#memory = memory;
    this.#limits = limits;
    this.#cluster = cluster;
  }

  put(
    realm: RealmKey,
    sender: Correspondent | undefined,
    message: SignalMessage,
    now: Millis,
    answer: (outcome: HoldOutcome) => void,
  ): void {
    if (sender !== undefined && this.#hasMoved(sender)) return answer('moved');
    const addressee = this.#cluster?.holders.holderOf(realm, message.to);
    const seat = addressee?.lives === true ? addressee.node : undefined;
    const isWanted = matters(message.kind) || seat !== undefined || (sender === undefined && addressee !== undefined);
    if (this.#cluster !== undefined && !isWanted) return answer('unwanted');
    const mailroom = this.#mailrooms.get(realm) ?? new Mailroom(this.#limits, this.#memory);
    this.#mailrooms.set(realm, mailroom);
    const posting = { isConnected: seat !== undefined, address: sender?.holding?.address };
    if (!mailroom.put(message, now, posting)) return answer('full');
    answer('held');
    if (seat !== undefined) this.#cluster?.tell(seat, { say: 'mail', realm, id: message.to });
  }

  take({ realm, id, connection }: Correspondent, answer: TakeAnswer): void {
    const holder = this.#cluster?.holders.holderOf(realm.key, id);
    if (holder?.lives === true && (holder.node !== realm.node || holder.connection !== connection)) {
      return answer([], [], 'moved');
    }
    const unread = this.#cluster === undefined ? [] : (this.#mailrooms.get(realm.key)?.addresseesOf(id) ?? []);
    answer(this.#mailrooms.get(realm.key)?.take(id) ?? [], unread);
  }

  waiting(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    answer(this.#mailrooms.get(realm)?.addressees(MANY) ?? []);
  }

  expire(now: Millis, answer: (expired: readonly ExpiredInRealm[]) => void): void {
    const expired: ExpiredInRealm[] = [];
    for (const [realm, mailroom] of this.#mailrooms) {
      for (const pair of mailroom.expire(now)) expired.push({ realm, ...pair });
    }
    answer(expired);
  }

  nextDeadline(): Millis {
    let next = NEVER;
    for (const mailroom of this.#mailrooms.values()) next = Math.min(next, mailroom.nextDeadline());
    return next;
  }

  /** What waits in all realms: nothing, once everybody has come or waited long enough. */
  usage(): { readonly mailboxes: number; readonly bytes: number } {
    let mailboxes = 0;
    let bytes = 0;
    for (const mailroom of this.#mailrooms.values()) {
      mailboxes += mailroom.mailboxes;
      bytes += mailroom.bytes;
    }
    return { mailboxes, bytes };
  }

  #hasMoved({ realm, id, connection }: Correspondent): boolean {
    if (this.#cluster === undefined) return false;
    const holder = this.#cluster.holders.holderOf(realm.key, id);
    return holder?.node !== realm.node || holder.connection !== connection;
  }
}
