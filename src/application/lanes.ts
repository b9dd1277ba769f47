import type { PeerId } from '../domain/ids.ts';
import type { LaneRoute } from '../domain/lane-route.ts';
import type { SignalMessage } from '../domain/message.ts';
import type { Realm } from '../domain/realm.ts';
import type { Session } from '../domain/session.ts';
import type { Millis } from '../domain/time.ts';
import type { ExceededBound, HoldOutcome } from './ports/mailbox-store.ts';

/** The way of the messages from a session of this node to a peer id. */
export interface PairRoute {
  readonly way: LaneRoute;
  readonly realm: Realm;
  readonly sender: Session;
  readonly to: PeerId;
}

/** Direct ways of messages between nodes, as the performer uses them. All methods must be called within a turn. */
export interface Lanes {
  /**
   * Decides the way of a message that has no open receiver on this node.
   * @returns `taken`: nothing else is to be done. A route: the message is to be put, and the answer passed to `putAnswered`.
   * Undefined: the message is to be put.
   */
  route(realm: Realm, sender: Session, message: SignalMessage, now: Millis): PairRoute | 'taken' | undefined;

  putAnswered(route: PairRoute, outcome: HoldOutcome, exceeds: ExceededBound | undefined): void;

  /** The claim of an id was granted to a session of this node. Must be called before its mailbox is fetched. */
  peerRegistered(realm: Realm, id: PeerId): void;

  /** A session of this node ends. Must be called before its claim is released. */
  sessionEnded(session: Session): void;

  /**
   * A mailbox was fetched. Must be called before its messages are delivered.
   * @param isComplete whether the engine has confirmed that the session holds its id, and returned all that was held.
   */
  mailboxFetched(session: Session, messages: readonly SignalMessage[], isComplete: boolean): void;

  /** A mailbox was fetched, and no other fetch follows. */
  mailboxEmpty(session: Session): void;
}
