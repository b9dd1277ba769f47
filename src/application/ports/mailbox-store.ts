import type { Expired } from '../../domain/decision.ts';
import type { PeerId, RealmKey } from '../../domain/ids.ts';
import type { SignalMessage } from '../../domain/message.ts';
import type { Millis } from '../../domain/time.ts';

/** Whether a message waits now. `full`: a bound was hit, nothing is kept. */
export type HoldOutcome = 'held' | 'full';

/** One expired pair, and the realm of both. */
export interface ExpiredInRealm extends Expired {
  readonly realm: RealmKey;
}

/**
 * What waits for absent peers. It is the judge of room and age. Each answer comes exactly once,
 * from inside the call or later, in the order of the calls of one node.
 */
export interface MailboxStore {
  /** M13: keeps a copy for `message.to`, within the bounds. The message itself is borrowed for the call. */
  put(realm: RealmKey, message: SignalMessage, now: Millis, answer: (outcome: HoldOutcome) => void): void;

  /** O11: takes all that waits for `id`, in the order it came; nobody else gets any of it. */
  take(realm: RealmKey, id: PeerId, answer: (messages: readonly SignalMessage[]) => void): void;

  /** M14: drops what has waited too long, and tells each pair of sender and absent peer once. */
  expire(now: Millis, answer: (expired: readonly ExpiredInRealm[]) => void): void;

  /** When something will have waited too long; NEVER where nothing waits. */
  nextDeadline(): Millis;
}
