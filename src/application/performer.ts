import type { Decision } from '../domain/decision.ts';
import { impossible } from '../domain/invariant.ts';
import { notice, type SignalMessage } from '../domain/message.ts';
import type { ConnectionId, PeerId } from '../domain/ids.ts';
import type { MailboxFetch } from '../domain/mailbox-fetch.ts';
import type { Realm } from '../domain/realm.ts';
import type { Session } from '../domain/session.ts';
import type { Millis } from '../domain/time.ts';
import { trafficOf, type Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import { limitOf } from './hit-limits.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { MailboxStore } from './ports/mailbox-store.ts';
import type { NodeBus } from './ports/node-bus.ts';
import type { PeerDirectory } from './ports/peer-directory.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { Sweeper } from './sweeper.ts';
import type { Turns } from './turns.ts';

/** What performing needs. */
export interface PerformerParts {
  readonly connections: Connections;
  readonly directory: PeerDirectory;
  readonly mailboxes: MailboxStore;
  readonly bus: NodeBus;
  readonly clock: Clock;
  readonly turns: Turns;
  readonly sweeper: Sweeper;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** What becomes of what is for others while the engine of the cluster is out of reach. */
  readonly clusterCut: 'hold' | 'refuse';
}

/** Does what the domain decided, and brings back what came of it as the next fact. */
export class Performer {
  readonly #parts: PerformerParts;
  #openedListener: (id: ConnectionId) => void = () => undefined;
  #supersededListener: (realm: Realm, session: Session) => void = () => undefined;

  constructor(parts: PerformerParts) {
    this.#parts = parts;
  }

  /** @param onOpened is called within a turn, when a connection has become a peer or a guest. */
  onOpened(onOpened: (id: ConnectionId) => void): void {
    this.#openedListener = onOpened;
  }

  /** @param onSuperseded is called within a turn, when another connection has become the peer. */
  onSuperseded(onSuperseded: (realm: Realm, session: Session) => void): void {
    this.#supersededListener = onSuperseded;
  }

  /** The only switch from a decision to the ports. To be called within a turn. */
  perform(realm: Realm, decision: Decision, now: Millis): void {
    switch (decision.do) {
      case 'deliver':
        if (this.#parts.connections.send(decision.to, decision.message) === 'gone') {
          this.undelivered(realm, decision.message, now);
        }
        return;
      case 'hold':
        return this.#hold(realm, decision, now);
      case 'ignore':
        return this.#parts.telemetry.count(`ignored:${decision.why}`);
      case 'notify':
        return this.#parts.connections.notify(decision.to, decision.event);
      case 'broadcast':
        return this.#parts.connections.fanOut.broadcast(decision.search, decision.event);
      case 'fetch-mailbox':
        return this.#collect(realm, decision);
      case 'hold-notice':
        return this.#report(realm, decision);
      case 'open':
        return this.#welcome(decision);
      case 'release':
        return this.#parts.directory.release(decision.session);
      case 'refuse':
        return this.#refuse(realm, decision);
      case 'close':
        return this.#close(realm, decision);
      case 'ping':
        return this.#parts.connections.ping(decision.session.connection);
      case 'pause':
        return this.#pause(decision);
      default:
        return impossible(decision);
    }
  }

  performAll(realm: Realm, decisions: readonly Decision[], now: Millis): void {
    for (const decision of decisions) this.perform(realm, decision, now);
  }

  /** M16: a socket did not take a message, or took it and could not send it. */
  undelivered(realm: Realm, message: SignalMessage, now: Millis): void {
    this.#parts.telemetry.count('undelivered');
    this.perform(realm, realm.undelivered(message), now);
  }

  #hold(realm: Realm, { sender, message }: Extract<Decision, { do: 'hold' }>, now: Millis): void {
    const { mailboxes, bus, turns, sweeper, telemetry, clock, clusterCut } = this.#parts;
    // The payload is borrowed and the answer may come late; what a refusal needs is the two ids and the owner.
    const { kind, from, to, owner } = message;
    if (clusterCut === 'refuse' && !bus.isReachable) return this.perform(realm, realm.unheld(message), now);
    mailboxes.put(realm.key, sender, message, now, (outcome) => {
      if (outcome === 'held') return sweeper.scheduleBy(mailboxes.nextDeadline());
      if (outcome === 'unwanted') return telemetry.count('ignored:destination-absent');
      if (outcome === 'full') telemetry.count('mailbox-full');
      turns.run(() => this.perform(realm, realm.unheld({ kind, from, to, payload: undefined, owner }), clock.now()));
    });
  }

  /** O11: something waits for a peer that is not away. To be called within a turn. */
  mailWaits(realm: Realm, id: PeerId): void {
    const decision = realm.mailWaiting(id);
    if (decision !== undefined) this.perform(realm, decision, this.#parts.clock.now());
  }

  /** M14, M16: who is not here finds the news in its mailbox, if it is in the cluster. */
  #report(realm: Realm, { kind, undelivered }: Extract<Decision, { do: 'hold-notice' }>): void {
    const { mailboxes, telemetry, clock } = this.#parts;
    mailboxes.put(
      realm.key,
      undefined,
      notice(kind, undelivered.to, undelivered.from, undelivered.owner),
      clock.now(),
      (outcome) => {
        if (outcome !== 'held') telemetry.count('ignored:sender-gone');
      },
    );
  }

  #collect(realm: Realm, collecting: MailboxFetch): void {
    const { mailboxes, turns, clock } = this.#parts;
    const { session } = collecting;
    mailboxes.take(session, (messages, unread, claim) =>
      turns.run(() => {
        // O5: the word about it may have come before the session had its seat.
        const over = claim === 'moved' ? realm.superseded(session.id, session.connection) : undefined;
        const decisions: Decision[] = over === undefined ? [] : [over];
        realm.mailboxFetched(collecting, messages, unread, decisions);
        this.performAll(realm, decisions, clock.now());
      }),
    );
  }

  #welcome({ session, replaces }: Extract<Decision, { do: 'open' }>): void {
    const { connections, log } = this.#parts;
    connections.sendOpenFrame(session.connection, { id: session.id, replaces });
    const connection = connections.find(session.connection);
    if (connection !== undefined) connection.origin = undefined;
    log.record({ event: 'peer-opened', session, address: connection?.address ?? '' });
    this.#openedListener(session.connection);
  }

  #refuse(realm: Realm, { session, refusal }: Extract<Decision, { do: 'refuse' }>): void {
    const { connections, directory, log } = this.#parts;
    directory.release(session);
    const { address = '', origin } = connections.find(session.connection) ?? {};
    const { connection, id } = session;
    const limit = limitOf(refusal, realm.limits);
    log.record({
      event: 'connection-refused',
      connection,
      realm: realm.key,
      id,
      key: undefined,
      refusal,
      address,
      origin,
      limit,
    });
    connections.close(connection, (dialect) => dialect.refusal(refusal));
  }

  #close(realm: Realm, { session, ending }: Extract<Decision, { do: 'close' }>): void {
    const { connections, directory, log, clock } = this.#parts;
    directory.release(session);
    const code = connections.close(session.connection, (dialect) => dialect.closeFrame(ending));
    const connection = connections.find(session.connection);
    const passage = connection && trafficOf(connection, clock.now());
    log.record({ event: 'peer-closed', session, ending, end: { by: 'broker', code }, passage });
    if (ending === 'superseded') this.#supersededListener(realm, session);
  }

  /** M19: reads nothing from a peer until its debt is paid. */
  #pause({ session, until }: Extract<Decision, { do: 'pause' }>): void {
    const { connections, clock, telemetry } = this.#parts;
    const connection = connections.find(session.connection);
    if (connection === undefined) return;
    telemetry.count('paused');
    const isPaused = connection.pausedUntil > 0;
    connection.pausedUntil = Math.max(connection.pausedUntil, until);
    if (isPaused) return;
    connection.socket.pause();
    clock.wakeAt(connection.pausedUntil, () => this.#resume(connection));
  }

  #resume(connection: Connection): void {
    const { clock } = this.#parts;
    if (clock.now() < connection.pausedUntil) {
      clock.wakeAt(connection.pausedUntil, () => this.#resume(connection));
      return;
    }
    connection.pausedUntil = 0;
    connection.socket.resume();
  }
}
