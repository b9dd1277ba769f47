import type { Expired } from '../../domain/decision.ts';
import type { PeerId, RealmKey } from '../../domain/ids.ts';
import type { SignalMessage } from '../../domain/message.ts';
import type { Millis } from '../../domain/time.ts';
import type { Claim } from './peer-directory.ts';

/**
 * Whether a message waits now; if not, nothing is kept. `full`: a bound was hit. `unwanted`: nobody holds the id, and it is
 * not worth keeping for who may come (M6). `moved`: another connection speaks for the sender now, and may have been heard.
 */
export type HoldOutcome = 'held' | 'full' | 'unwanted' | 'moved';

/** Whose mail it is: an id, and the connection that speaks for it. */
export type Correspondent = Pick<Claim, 'realm' | 'id' | 'connection'>;

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
   * M15: the proof of `message.owner` is kept with it, and comes back with `take` and `expire`; never the token itself.
   * @param sender whose message it is; undefined for what the broker itself has to say.
   */
  put(
    realm: RealmKey,
    sender: Correspondent | undefined,
    message: SignalMessage,
    now: Millis,
    answer: (outcome: HoldOutcome) => void,
  ): void;

  /**
   * O11: takes all that waits for an id, in the order it came; nobody else gets any of it. Nothing, where the claim of the
   * taker has moved: what waits is for the other one.
   * @param answer is told, too, for whom something of the taker itself still waits, of the peers that are in the cluster:
   * what it sends from now on must not overtake that (M17).
   */
  take(taker: Correspondent, answer: (messages: readonly SignalMessage[], unread: readonly PeerId[]) => void): void;

  /** O11: ids of a realm that something waits for, in no order; not all of them where there are many. */
  waiting(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void;

  /**
   * M14: drops what has waited too long, and tells each pair of sender and absent peer once, where that matters (M6). M15: two
   * owners of one id are two senders.
   */
  expire(now: Millis, answer: (expired: readonly ExpiredInRealm[]) => void): void;

  /** When something will have waited too long, as far as this node knows; NEVER where nothing waits. Rather too early. */
  nextDeadline(): Millis;
}
