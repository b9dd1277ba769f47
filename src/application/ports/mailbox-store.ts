import type { Expired } from '../../domain/decision.ts';
import type { PeerId, RealmKey } from '../../domain/ids.ts';
import type { MailboxBound } from '../../domain/mailbox-table.ts';
import type { MemoryAccount } from '../../domain/memory-account.ts';
import type { SignalMessage } from '../../domain/message.ts';
import type { Millis, TimeOfDay } from '../../domain/time.ts';
import type { Claim } from './peer-directory.ts';

/**
 * The outcome of holding a message; only `held` keeps it. `full`: a limit was reached. `unwanted`: no peer holds the id, and the
 * message need not be kept for a later peer (M6). `moved`: another connection speaks for the sender now, and may have sent
 * messages already. `failed` (M24): the store can't keep any message now, because its disk is full.
 */
export type HoldOutcome = 'held' | 'full' | 'unwanted' | 'moved' | 'failed';

/** The limit of M13 that a message exceeds, if the store can tell it. `engine`: the store of the cluster is unreachable. */
export type ExceededBound = MailboxBound | 'engine';

/** @param exceeds the limit, for the outcome `full`. */
export type HoldAnswer = (outcome: HoldOutcome, exceeds?: ExceededBound) => void;

/**
 * A peer as the mailbox store sees it: an id and its connection. B2: `memory` has the address that held messages are counted for.
 */
export interface MailboxPeer extends Pick<Claim, 'realm' | 'id' | 'connection'> {
  readonly memory?: Pick<MemoryAccount, 'address'> | undefined;
}

/**
 * The state of a claim. `moved`: another connection holds the id. `free`: no connection holds it, so the caller claims it again
 * before it delivers the messages.
 */
export type ClaimState = 'held' | 'moved' | 'free';

/**
 * The fetched messages, the peers with held messages of the taker (`unread`), and the state of the taker's claim. Without a
 * state, the claim counts as held, and messages may still be held: the engine did not answer.
 * @param waits how long each message was held, in the order of the messages; omitted by a store that can't tell.
 */
export type TakeAnswer = (
  messages: readonly SignalMessage[],
  unread: readonly PeerId[],
  claim?: ClaimState,
  waits?: readonly Millis[],
) => void;

/** One expired pair of sender and receiver, and their realm. */
export interface ExpiredInRealm extends Expired {
  readonly realm: RealmKey;
}

/** The expired pairs. @param isMore whether other messages are due, and `expire` must be called again; false if omitted. */
export type ExpireAnswer = (expired: readonly ExpiredInRealm[], isMore?: boolean) => void;

/** Held messages, of one peer or of one realm, and their size. */
export interface HeldMessages {
  readonly messages: number;
  readonly bytes: number;
}

/**
 * Holds messages for absent peers, and decides on limits and expiry. Each callback is called exactly once, from inside the call
 * or later, in the order of the calls of one node. Moments of the calls count from an arbitrary start, which another process does
 * not share: a durable store keeps the time of day instead (`unixTimeOf`, `momentOf`).
 */
export interface MailboxStore {
  /**
   * Opens the store. Called once, before all other calls; the broker listens when the promise resolves. A rejection ends the
   * start of the broker, with the message of the error. A store without resources has no such method.
   * @param time for moments that outlive the process.
   */
  start?(time: TimeOfDay): Promise<void> | void;

  /** Keeps the messages that were answered with `held`, and closes. Called once, after all other calls. */
  close?(): Promise<void> | void;

  /**
   * M24: why the store can't hold messages now, for the log of the operator; undefined while it can. Cheap: health checks ask
   * often. A store that has failed must find out by itself when it can write again. A store that can't fail has no such method.
   */
  health?(): string | undefined;

  /**
   * M13: holds a copy for `message.to`, within the limits. The message itself is borrowed for the call. O11: if that peer is
   * registered at a node, the bus sends `mail` to that node. Delivery does not depend on this notification. For such a peer the
   * limits are the bytes of its send buffer and of the realm. A message of the broker itself is held for every peer that holds
   * its id, also after the lease of its node has ended.
   * @param sender the sending peer; undefined for a message of the broker itself.
   */
  put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: HoldAnswer): void;

  /**
   * O11: fetches and removes all held messages for an id, in order of arrival. Each message is fetched once. O5: if another
   * connection holds the id now, no message is fetched and the claim is `moved`, because the messages belong to that connection.
   * @param answer also receives the peers of the cluster with held messages from the taker. Later messages of the taker must not
   * overtake those (M17).
   * @param now for the waiting times; 0 if omitted.
   * @param isWanted whether the connection is still open. A store that answers later asks immediately before it removes the
   * messages, and fetches none if the connection has ended: they wait for the next connection of the peer.
   */
  take(taker: MailboxPeer, answer: TakeAnswer, now?: Millis, isWanted?: () => boolean): void;

  /** O11: ids of a realm with held messages, in no order; possibly not all of them if there are many. */
  waiting(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void;

  /** ADM2: the messages that wait for an id. A store that can't tell has no such method. */
  measure?(realm: RealmKey, id: PeerId, answer: (held: HeldMessages) => void): void;

  /**
   * M14: removes expired messages, and reports each pair of sender and absent peer once, if the sender must be notified (M6).
   * M23: a store that handles its messages in this process removes some of them, and answers that more are due.
   * @param now a call with the same time continues the previous one.
   */
  expire(now: Millis, answer: ExpireAnswer): void;

  /** The messages of a realm that this node holds itself, and their size. Absent if an engine holds them. */
  heldIn?(realm: RealmKey): HeldMessages;

  /** The time of the next expiry that this node knows of, possibly too early; NEVER if no message is held. */
  nextDeadline(): Millis;
}
