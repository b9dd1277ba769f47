import type { ConnectionId } from '../domain/ids.ts';
import type { Realm, RealmSession } from '../domain/realm.ts';
import type { Session } from '../domain/session.ts';
import type { Millis } from '../domain/time.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { LeaseFence } from './lease-fence.ts';
import { PendingFrames, type Backlog, type Decoding, type PendingFrame } from './pending-frames.ts';
import { messageIn, pendingMessages } from './pending-messages.ts';
import type { Performer } from './performer.ts';
import type { Clock } from './ports/clock.ts';
import type { FrameRequest } from './ports/requests.ts';
import { ACTS_PER_TURN } from './slices.ts';
import type { Turns } from './turns.ts';

/** Logs a fault and closes the connection that caused it. */
export type ReportFault = (id: ConnectionId, error: unknown) => void;

export interface PendingRequestsParts {
  readonly connections: Connections;
  readonly dispatcher: Dispatcher;
  readonly performer: Performer;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly fence: LeaseFence;
  /** O14: bytes that a connection may send before it is open. */
  readonly sendBufferBytes: number;
}

/** O14: bytes that all connections together may send before they are open. */
const PENDING_BYTES = 64 * 1024 * 1024;

/** O14: keeps requests of connections that are not open yet, and of open peers while this node must renew its lease. */
export class PendingRequests {
  readonly #parts: PendingRequestsParts;
  readonly #fault: ReportFault;
  readonly #frames: PendingFrames;
  /** Superseded connections whose frames are being refused. They may have ended. */
  readonly #refused = new Set<ConnectionId>();

  constructor(parts: PendingRequestsParts, fault: ReportFault) {
    this.#parts = parts;
    this.#fault = fault;
    this.#frames = new PendingFrames(parts.sendBufferBytes, PENDING_BYTES);
    parts.performer.onOpened((id) => {
      if (this.#frames.has(id)) parts.turns.run(() => this.#handle(id));
    });
    parts.performer.onSuperseded((realm, session) => {
      if (this.#frames.has(session.connection)) parts.turns.run(() => this.#supersede(realm, session));
    });
    parts.performer.onClosing((realm, session) => this.#hold(realm, session, parts.connections.find(session.connection)));
    parts.fence.onLifted(() => {
      for (const id of this.#frames.connections()) parts.turns.run(() => this.#handle(id));
    });
  }

  /**
   * Whether a frame of an open peer must wait for the renewal of this node's lease, or for earlier frames of the peer that wait.
   */
  mustWait(id: ConnectionId, now: Millis): boolean {
    return this.#parts.fence.isBlocking(now) || this.#frames.has(id);
  }

  /** The frame counts for liveness and for the rate limit on arrival, not when it is handled. Must be called within a turn. */
  keep(session: RealmSession, { bytes, isBinary }: PendingFrame, size: number, now: Millis): void {
    const isAdmitted = this.#parts.dispatcher.admits(session, now, size);
    this.#keep(session, now, isAdmitted, () => this.#frames.add(session.connection, bytes, isBinary));
  }

  /** W1: keeps requests of a conversation. Must be called within a turn. @param frame a copy, of which the requests are views. */
  keepRequests(session: RealmSession, frame: PendingFrame, requests: readonly FrameRequest[], size: number, now: Millis): void {
    const isAdmitted = this.#parts.dispatcher.admits(session, now, size, requests.length);
    if (isAdmitted && requests.length === 0) return;
    this.#keep(session, now, isAdmitted, () => this.#frames.addRequests(session.connection, frame, requests));
  }

  /** W1: keeps requests of a frame that was admitted. Must be called within a turn. */
  keepAdmitted(session: RealmSession, frame: PendingFrame, requests: readonly FrameRequest[], now: Millis): void {
    this.#keep(session, now, true, () => this.#frames.addRequests(session.connection, frame, requests));
  }

  /** M23: handles the next of the frames that the connection may handle since an earlier turn. Must be called within a turn. */
  continue(id: ConnectionId): void {
    this.#handle(id);
  }

  /** A connection has ended. Must be called within a turn. */
  ended(id: ConnectionId, connection: Connection): void {
    const { session } = connection;
    if (this.#refused.has(id)) return;
    if (session?.state === 'open') this.#hold(session.realm, session, connection);
    this.#frames.take(id);
  }

  #keep(session: RealmSession, now: Millis, isAdmitted: boolean, add: () => boolean): void {
    if (isAdmitted && add()) return;
    this.#frames.take(session.connection);
    if (isAdmitted) this.#parts.performer.perform(session.realm, session.realm.limitExceeded(session, 'flooding'), now);
  }

  /** Handles pending frames in order of arrival. M23: some in each turn. Must be called within a turn. */
  #handle(id: ConnectionId): void {
    const { connections, dispatcher, clock, fence } = this.#parts;
    const now = clock.now();
    const connection = connections.find(id);
    const session = connection?.session;
    if (this.#refused.has(id)) return;
    if (connection === undefined || session?.state === 'connecting' || fence.isBlocking(now)) return;
    const { conversation, socket } = connection;
    const backlog = this.#frames.takeBacklog(id);
    while (backlog?.isEmpty === false) {
      if (session?.state !== 'open') return;
      try {
        const taken = backlog.takeRequest(conversation);
        if (taken !== undefined) dispatcher.handle(session, taken.request, now, taken.frameBytes);
      } catch (error) {
        this.#fault(id, error);
      }
      if (!backlog.isEmpty && socket.mayContinue?.() === false) return this.#frames.putBack(id, backlog);
    }
  }

  /** M13: a superseded connection's pending frames are not handled. The peer is notified about each message among them. */
  #supersede(realm: Realm, session: Session): void {
    const conversation = this.#parts.connections.find(session.connection)?.conversation;
    if (conversation === undefined) return;
    this.#refused.add(session.connection);
    this.#refuse(realm, session, conversation);
  }

  /** M23: some requests in each turn. Must be called within a turn. */
  #refuse(realm: Realm, session: Session, conversation: Decoding): void {
    const { turns, clock } = this.#parts;
    const { connection: id } = session;
    const backlog = this.#frames.takeBacklog(id);
    if (backlog !== undefined && this.#refuseSome(realm, session, backlog, conversation)) {
      this.#frames.putBack(id, backlog);
      clock.wakeAt(clock.now(), () => void turns.run(() => this.#refuse(realm, session, conversation)));
    } else this.#refused.delete(id);
  }

  /** @returns whether requests remain. */
  #refuseSome(realm: Realm, session: Session, backlog: Backlog, conversation: Decoding): boolean {
    const { performer, clock } = this.#parts;
    try {
      for (let i = 0; i < ACTS_PER_TURN && !backlog.isEmpty; i++) {
        const request = backlog.takeRequest(conversation)?.request;
        if (request?.action === 'leave') return false;
        const message = request && messageIn(request, session, realm.limits);
        if (message !== undefined) performer.perform(realm, realm.notices.unheld(message), clock.now());
      }
    } catch (error) {
      this.#fault(session.connection, error);
    }
    return !backlog.isEmpty;
  }

  /** The directory decides whether a peer whose connection ends owned its id. If it did, its messages are held. */
  #hold(realm: Realm, session: Session, connection: Connection | undefined): void {
    if (!this.#frames.has(session.connection)) return;
    const frames = this.#frames.take(session.connection);
    for (const message of pendingMessages(frames, connection?.conversation, session, realm.limits)) {
      this.#parts.performer.perform(realm, { do: 'hold', sender: session, message }, this.#parts.clock.now());
    }
  }
}
