import type { CatchUp } from './catch-up.ts';
import type { ConnectionId, PeerId } from './ids.ts';
import type { SignalMessage } from './message.ts';
import type { Ending, OpenRefusal } from './refusal.ts';
import type { Carrier, Session } from './session.ts';
import type { CandidateSearch } from './subscriber-search.ts';
import type { Millis } from './time.ts';
import type { Owner } from './token.ts';
import type { Receivers, TopicEvent } from './topic.ts';

/** The reason why a message had no effect. Each one is a counter. */
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

/** O5, X4, X5: the carrier of the session that had the id before. */
export type Replaced = 'nothing' | Carrier;

/** The result of a rule. `application/performer.ts` performs it. */
export type Decision =
  | { readonly do: 'deliver'; readonly to: ConnectionId; readonly message: SignalMessage }
  | { readonly do: 'hold'; readonly sender: Session; readonly message: SignalMessage }
  | { readonly do: 'ignore'; readonly why: Ignored }
  /** A7: notifies a client that its token expires. */
  | { readonly do: 'notify-expiry'; readonly session: Session; readonly in: Millis }
  | { readonly do: 'release'; readonly session: Session }
  | {
      readonly do: 'fetch-mailbox';
      readonly session: Session;
      readonly replaces: Replaced;
      /** Fetched earlier, and not delivered yet. */
      readonly alreadyFetched: readonly SignalMessage[];
    }
  /** M14, M16: holds the notice in the mailbox of a sender that may be connected to another node. */
  | { readonly do: 'hold-notice'; readonly kind: 'expire' | 'leave'; readonly undelivered: Expired }
  | { readonly do: 'open'; readonly session: Session; readonly replaces: Replaced }
  | { readonly do: 'refuse'; readonly session: Session; readonly refusal: OpenRefusal }
  | { readonly do: 'close'; readonly session: Session; readonly ending: Ending }
  | { readonly do: 'notify'; readonly to: Receivers; readonly event: TopicEvent }
  /** T10: notifies the subscribers that `search` finds. */
  | { readonly do: 'broadcast'; readonly search: CandidateSearch; readonly event: TopicEvent }
  /** MER5: sends what the session has missed; then it joins its topics. */
  | { readonly do: 'replay'; readonly session: Session; readonly missed: CatchUp }
  | { readonly do: 'ping'; readonly session: Session }
  | { readonly do: 'pause'; readonly session: Session; readonly until: Millis };

/** Decisions for messages that have no effect, shared to avoid allocation. */
export const IGNORE = {
  missing: { do: 'ignore', why: 'destination-missing' },
  absent: { do: 'ignore', why: 'destination-absent' },
  gone: { do: 'ignore', why: 'sender-gone' },
  malformed: { do: 'ignore', why: 'malformed' },
  unusable: { do: 'ignore', why: 'topic-unusable' },
  notAllowed: { do: 'ignore', why: 'not-allowed' },
} as const satisfies Readonly<Record<string, Decision>>;

/** M14: a sender, and the peer that its messages did not reach. */
export interface Expired {
  readonly from: PeerId;
  readonly to: PeerId;
  /** M15: the owner of the sender's id at that time; undefined if the store did not keep it. */
  readonly owner?: Owner | undefined;
}
