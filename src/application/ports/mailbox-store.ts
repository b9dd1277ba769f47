import type { Expired } from '../../domain/decision.ts';
import type { PeerId, RealmKey } from '../../domain/ids.ts';
import type { MemoryAccount } from '../../domain/memory-budget.ts';
import type { SignalMessage } from '../../domain/message.ts';
import type { Millis } from '../../domain/time.ts';
import type { Claim } from './peer-directory.ts';

/**
 * Whether a message waits now; if not, nothing is kept. `full`: a bound was hit. `unwanted`: nobody holds the id, and it is
 * not worth keeping for who may come (M6). `moved`: another connection speaks for the sender now, and may have been heard.
 */
export type HoldOutcome = 'held' | 'full' | 'unwanted' | 'moved';

/** Whose mail it is: an id, and the connection that speaks for it. B2: and the address that its memory is counted for. */
export interface MailboxPeer extends Pick<Claim, 'realm' | 'id' | 'connection'> {
  readonly memory?: Pick<MemoryAccount, 'address'> | undefined;
}

/** What was taken, for whom something of the taker waits, and whether it still holds its id: it does, where nothing is said. */
export type TakeAnswer = (messages: readonly SignalMessage[], unread: readonly PeerId[], claim?: 'held' | 'moved') => void;

/** One expired pair, and the realm of both. */
export interface ExpiredInRealm extends Expired {
  readonly realm: RealmKey;
}

/**
 * What waits for absent peers. It is the judge of room and age. Each answer comes exactly once,
 * from inside the call or later, in the order of the calls of one node.
 */
export interface MailboxStore {
  /**
   * M13: keeps a copy for `message.to`, within the bounds. The message itself is borrowed for the call. O11: the node at which
   * that peer is seated, if there is one, hears of it soon, by the word `mail` of its bus; and nothing is lost if it does not.
   * For such a peer, the bounds are the bytes of its send buffer and of the realm. What the broker itself has to say waits for
   * every peer that holds its id, also if the lease of its node has ended.
   * @param sender whose message it is; undefined for what the broker itself has to say.
   */
  put(
    realm: RealmKey,
    sender: MailboxPeer | undefined,
    message: SignalMessage,
    now: Millis,
    answer: (outcome: HoldOutcome) => void,
  ): void;

  /**
   * O11: takes all that waits for an id, in the order it came; nobody else gets any of it. O5: nothing, and `moved`,
   * where another connection holds the id now: what waits is for that one.
   * @param answer is told, too, for whom something of the taker itself still waits, of the peers that are in the cluster:
   * what it sends from now on must not overtake that (M17).
   */
  take(taker: MailboxPeer, answer: TakeAnswer): void;

  /** O11: ids of a realm that something waits for, in no order; not all of them where there are many. */
  waiting(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void;

  /** M14: drops what has waited too long, and tells each pair of sender and absent peer once, where that matters (M6). */
  expire(now: Millis, answer: (expired: readonly ExpiredInRealm[]) => void): void;

  /** When something will have waited too long, as far as this node knows; NEVER where nothing waits. Rather too early. */
  nextDeadline(): Millis;
}
