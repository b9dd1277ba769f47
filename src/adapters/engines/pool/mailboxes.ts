import type {
  ExpireAnswer,
  ExpiredInRealm,
  HoldAnswer,
  MailboxPeer,
  MailboxStore,
  TakeAnswer,
} from '../../../application/ports/mailbox-store.ts';
import type { PeerId, RealmKey } from '../../../domain/ids.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import type { Millis, TimeOfDay } from '../../../domain/time.ts';
import { POOL, pooledName, realmOfPooledName, unpooledName } from '../shared/pooled-names.ts';

type WaitingAnswer = (ids: readonly PeerId[]) => void;

/** The mailboxes of another engine, with the realms by pattern in the pool. */
export class PooledMailboxStore implements MailboxStore {
  readonly health?: () => string | undefined;
  readonly #inner: MailboxStore;
  readonly #isPooled: (realm: RealmKey) => boolean;
  readonly #peers = new WeakMap<MailboxPeer, MailboxPeer>();
  /** Calls of `waiting` in this turn of the event loop, which share one call of the engine. */
  #waiting: Map<RealmKey, WaitingAnswer[]> | undefined;

  constructor(inner: MailboxStore, isPooled: (realm: RealmKey) => boolean) {
    this.#inner = inner;
    if (inner.health !== undefined) this.health = () => inner.health?.();
    this.#isPooled = isPooled;
  }

  start(time: TimeOfDay): Promise<void> | void {
    return this.#inner.start?.(time);
  }

  close(): Promise<void> | void {
    return this.#inner.close?.();
  }

  put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: HoldAnswer): void {
    if (!this.#isPooled(realm)) return this.#inner.put(realm, sender, message, now, answer);
    const pooled = { ...message, from: pooledName(realm, message.from), to: pooledName(realm, message.to) };
    this.#inner.put(POOL, sender && this.#peerFor(sender), pooled, now, answer);
  }

  take(taker: MailboxPeer, answer: TakeAnswer, now?: Millis, isWanted?: () => boolean): void {
    if (!this.#isPooled(taker.realm.key)) return this.#inner.take(taker, answer, now, isWanted);
    const unpooled: TakeAnswer = (messages, unread, claim, waits) =>
      answer(messages.map(unpooledMessage), unread.map(unpooledName), claim, waits);
    this.#inner.take(this.#peerFor(taker), unpooled, now, isWanted);
  }

  /** Each realm with peers asks. One call of the engine answers all that ask before it has an answer. */
  waiting(realm: RealmKey, answer: WaitingAnswer): void {
    if (!this.#isPooled(realm)) return this.#inner.waiting(realm, answer);
    const asking = this.#waiting ?? new Map<RealmKey, WaitingAnswer[]>();
    asking.set(realm, [...(asking.get(realm) ?? []), answer]);
    if (asking === this.#waiting) return;
    this.#waiting = asking;
    queueMicrotask(() => {
      this.#waiting = undefined;
      this.#inner.waiting(POOL, (ids) => answerAll(asking, ids));
    });
  }

  expire(now: Millis, answer: ExpireAnswer): void {
    this.#inner.expire(now, (expired, isMore) => answer(expired.map(unpooledPair), isMore));
  }

  nextDeadline(): Millis {
    return this.#inner.nextDeadline();
  }

  #peerFor(peer: MailboxPeer): MailboxPeer {
    const known = this.#peers.get(peer);
    if (known !== undefined) return known;
    const { realm, id, connection, memory } = peer;
    const pooled = { realm: { key: POOL, node: realm.node }, id: pooledName(realm.key, id), connection, memory };
    this.#peers.set(peer, pooled);
    return pooled;
  }
}

function answerAll(asking: ReadonlyMap<RealmKey, readonly WaitingAnswer[]>, ids: readonly PeerId[]): void {
  const byRealm = new Map<RealmKey, PeerId[]>();
  for (const id of ids) {
    const realm = realmOfPooledName(id);
    const known = byRealm.get(realm);
    if (known === undefined) byRealm.set(realm, [unpooledName(id)]);
    else known.push(unpooledName(id));
  }
  for (const [realm, answers] of asking) for (const answer of answers) answer(byRealm.get(realm) ?? []);
}

function unpooledMessage(message: SignalMessage): SignalMessage {
  return { ...message, from: unpooledName(message.from), to: unpooledName(message.to) };
}

function unpooledPair(pair: ExpiredInRealm): ExpiredInRealm {
  if (pair.realm !== POOL) return pair;
  return { ...pair, realm: realmOfPooledName(pair.to), from: unpooledName(pair.from), to: unpooledName(pair.to) };
}
