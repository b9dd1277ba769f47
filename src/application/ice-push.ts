import type { ConnectionId } from '../domain/ids.ts';
import type { RealmSession } from '../domain/realm.ts';
import type { Session } from '../domain/session.ts';
import { NEVER, type Millis } from '../domain/time.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import { ownerOf } from './ice-grants.ts';
import type { Clock, Wakeup } from './ports/clock.ts';
import { REFRESH_AFTER, type IceServers, type IceUser, type IssuedIceServers } from './ports/ice-servers.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { RealmLabels } from './realm-labels.ts';
import { countIssuedIce } from './ice-counters.ts';
import type { Performer } from './performer.ts';
import type { Sweeper } from './sweeper.ts';
import type { Turns } from './turns.ts';

export interface IcePushParts {
  /** The option `ice_push`. */
  readonly icePush: boolean;
  readonly iceServers: IceServers;
  readonly connections: Connections;
  readonly performer: Performer;
  readonly sweeper: Sweeper;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly realmLabels: RealmLabels;
}

/** The longest time that OPEN waits for ICE servers. */
const LONGEST_WAIT: Millis = 2_000;
/** The shortest interval between two searches for peers that are due. */
const SEARCH_INTERVAL: Millis = 10_000;
/** Time until the next attempt for a peer whose TURN servers can't be renewed at the moment. */
const RETRY_AFTER: Millis = 30_000;
/** Connections that are examined in one turn. */
const CONNECTIONS_PER_TURN = 500;

/**
 * I12: sends ICE servers to peers, before OPEN and again before they expire. No peer has a timer: a search examines all
 * connections when the first peer is due, in slices.
 */
export class IcePush {
  readonly #parts: IcePushParts;
  /** Issued for sessions that are not open yet. */
  readonly #issued = new WeakMap<Session, IssuedIceServers>();
  #earliestDue: Millis = NEVER;
  #lastSearch: Millis = -SEARCH_INTERVAL;
  #isSearching = false;

  constructor(parts: IcePushParts) {
    this.#parts = parts;
    if (parts.icePush) parts.performer.onOpening((session) => this.#opening(session));
  }

  /**
   * Calls `then` in a turn, when there are ICE servers for the session, or after the longest wait. Does not call it if the
   * connection has ended meanwhile.
   */
  beforeOpen(session: RealmSession, then: () => void): void {
    if (!this.#receivesIce(session)) return then();
    const { iceServers, clock, turns } = this.#parts;
    let wakeup: Wakeup | undefined;
    let isWaiting = true;
    const proceed = (): void => {
      if (!isWaiting) return;
      isWaiting = false;
      wakeup?.cancel();
      turns.run(() => {
        if (session.state === 'connecting') then();
      });
    };
    iceServers.issue(userOf(session), (issued) => {
      if (session.state === 'open') return turns.run(() => this.#push(session.connection, issued));
      this.#issued.set(session, issued);
      proceed();
    });
    if (isWaiting) wakeup = clock.wakeAt(clock.now() + LONGEST_WAIT, proceed);
  }

  /** When the next search is due. */
  nextDeadline(): Millis {
    return this.#isSearching || this.#earliestDue === NEVER
      ? NEVER
      : Math.max(this.#earliestDue, this.#lastSearch + SEARCH_INTERVAL);
  }

  /** Renews the ICE servers of the peers that are due. */
  sweep(now: Millis): void {
    if (now < this.nextDeadline()) return;
    this.#isSearching = true;
    this.#earliestDue = NEVER;
    this.#search(this.#parts.connections.all());
  }

  #search(connections: Generator<[ConnectionId, Connection]>): void {
    const { clock, turns, sweeper } = this.#parts;
    for (let i = 0; i < CONNECTIONS_PER_TURN; i++) {
      const next = connections.next();
      if (next.done === true) {
        this.#isSearching = false;
        this.#lastSearch = clock.now();
        return sweeper.schedule(this.nextDeadline());
      }
      this.#renewIfDue(...next.value);
    }
    clock.wakeAt(clock.now(), () => turns.run(() => this.#search(connections)));
  }

  #renewIfDue(id: ConnectionId, connection: Connection): void {
    const { iceDueAt, session } = connection;
    if (iceDueAt === undefined || session?.state !== 'open' || !session.grant.mayUseIce) return;
    const now = this.#parts.clock.now();
    if (iceDueAt > now) return this.#setDue(connection, iceDueAt);
    this.#setDue(connection, now + RETRY_AFTER);
    this.#parts.iceServers.issue(userOf(session), (issued) => {
      if (issued.lacksTurn !== true) this.#parts.turns.run(() => this.#push(id, issued));
    });
  }

  /** Called before OPEN is sent. Without ICE servers, OPEN does not wait any longer. */
  #opening(session: Session): void {
    const issued = this.#issued.get(session);
    if (issued !== undefined) this.#push(session.connection, issued);
  }

  #push(id: ConnectionId, issued: IssuedIceServers): void {
    const { connections, clock } = this.#parts;
    const connection = connections.find(id);
    if (connection?.session?.state !== 'open') return;
    this.#setDue(connection, clock.now() + issued.ttl * REFRESH_AFTER * 1000);
    if (issued.servers.length === 0) return;
    countIssuedIce(this.#parts, connection.session.realm.key, issued);
    connections.sendIceServers(id, issued);
  }

  #setDue(connection: Connection, dueAt: Millis): void {
    connection.iceDueAt = dueAt;
    if (dueAt >= this.#earliestDue) return;
    this.#earliestDue = dueAt;
    this.#parts.sweeper.schedule(this.nextDeadline());
  }

  /** I3: a grant may exclude ICE servers. */
  #receivesIce({ connection, grant }: Session): boolean {
    const { icePush, connections } = this.#parts;
    return icePush && grant.mayUseIce && connections.find(connection)?.conversation.iceFrame !== undefined;
  }
}

function userOf(session: Session): IceUser {
  return { realm: session.realm.key, owner: ownerOf(session) };
}
