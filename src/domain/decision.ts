import type { SubscriberSearch } from './subscriber-search.ts';
import type { ConnectionId, PeerId } from './ids.ts';
import type { SignalMessage } from './message.ts';
import type { Ending, OpenRefusal } from './refusal.ts';
import type { Carrier, Session } from './session.ts';
import type { Millis } from './time.ts';
import type { Owner } from './token.ts';
import type { Receivers, TopicEvent } from './topic.ts';

/** Why a message had no effect. Each is counted. */
export type Ignored =
  | 'malformed'
  | 'not-relayed'
  | 'destination-missing'
  | 'destination-not-text'
  | 'destination-absent'
  | 'session-not-open'
  | 'sender-gone'
  | 'topic-unusable'
  | 'not-allowed';

/** O5, X4, X5: what spoke for an id until now. */
export type Replaced = 'nothing' | Carrier;

/** All that a rule may ask for. `application/perform.ts` is the one place that does it. */
export type Decision =
  | { readonly do: 'deliver'; readonly to: ConnectionId; readonly message: SignalMessage }
  | { readonly do: 'hold'; readonly sender: Session; readonly message: SignalMessage }
  | { readonly do: 'ignore'; readonly why: Ignored }
  | { readonly do: 'release'; readonly session: Session }
  | {
      readonly do: 'fetch-mailbox';
      readonly session: Session;
      readonly replaces: Replaced;
      /** What was collected before, and not told yet. */
      readonly alreadyFetched: readonly SignalMessage[];
    }
  /** M14, M16: the sender is not here, and may be elsewhere. */
  | { readonly do: 'hold-notice'; readonly kind: 'expire' | 'leave'; readonly undelivered: Expired }
  | { readonly do: 'open'; readonly session: Session; readonly replaces: Replaced }
  | { readonly do: 'refuse'; readonly session: Session; readonly refusal: OpenRefusal }
  | { readonly do: 'close'; readonly session: Session; readonly ending: Ending }
  | { readonly do: 'notify'; readonly to: Receivers; readonly event: TopicEvent }
  /** T10: tells those that hear it, who are still to be found. */
  | { readonly do: 'broadcast'; readonly search: SubscriberSearch; readonly event: TopicEvent }
  | { readonly do: 'ping'; readonly session: Session }
  | { readonly do: 'pause'; readonly session: Session; readonly until: Millis };

/** That nothing comes of a message. */
export const IGNORE = {
  missing: { do: 'ignore', why: 'destination-missing' },
  absent: { do: 'ignore', why: 'destination-absent' },
  gone: { do: 'ignore', why: 'sender-gone' },
  malformed: { do: 'ignore', why: 'malformed' },
} as const satisfies Readonly<Record<string, Decision>>;

/** M14: a sender and the peer it could not reach in time. */
export interface Expired {
  readonly from: PeerId;
  readonly to: PeerId;
  /** M15: the sender's owner at the time; undefined where a store has not kept it. */
  readonly owner?: Owner | undefined;
}
