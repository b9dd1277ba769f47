import type { CatchUp } from '../domain/catch-up.ts';
import type { Decision } from '../domain/decision.ts';
import { OPEN_GRANT } from '../domain/grant.ts';
import { impossible } from '../domain/invariant.ts';
import { notice, type SignalMessage } from '../domain/message.ts';
import type { ConnectionId, PeerId } from '../domain/ids.ts';
import type { Handshakes } from '../domain/handshakes.ts';
import type { MailboxFetch } from '../domain/mailbox-fetch.ts';
import { MAILBOX_BOUNDS } from '../domain/mailbox-table.ts';
import type { Realm } from '../domain/realm.ts';
import type { Session } from '../domain/session.ts';
import { NEVER, type Millis } from '../domain/time.ts';
import { trafficOf, type Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import { limitOf } from './hit-limits.ts';
import type { Lanes, PairRoute } from './lanes.ts';
import { MailboxCollector } from './mailbox-collector.ts';
import { pausePeer } from './paused-peers.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { MailboxStore } from './ports/mailbox-store.ts';
import type { NodeBus } from './ports/node-bus.ts';
import type { PeerDirectory } from './ports/peer-directory.ts';
import type { Counter, Histogram, Telemetry } from './ports/telemetry.ts';
import type { RecentReleases } from './recent-releases.ts';
import type { StoreHealth } from './store-health.ts';
import type { Sweeper } from './sweeper.ts';
import type { Turns } from './turns.ts';

/** The dependencies of the performer. */
export interface PerformerParts {
  readonly connections: Connections;
  readonly directory: PeerDirectory;
  readonly releases: RecentReleases;
  readonly mailboxes: MailboxStore;
  readonly storeHealth: StoreHealth;
  readonly bus: NodeBus;
  readonly clock: Clock;
  readonly turns: Turns;
  readonly sweeper: Sweeper;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly handshakes: Handshakes;
  /** How messages to other nodes are treated while the cluster engine is unreachable. */
  readonly clusterCut: 'hold' | 'refuse';
}

/** Performs the decisions of the domain, and reports the results to the domain as facts. */
export class Performer {
  readonly #parts: PerformerParts;
  readonly #delivered: Readonly<Record<'direct' | 'mailbox' | 'cluster', Counter>>;
  readonly #mailboxWait: Histogram;
  readonly #collector: MailboxCollector;
  /** Undefined without links to other nodes. */
  #lanes: Lanes | undefined;
  #openingListener: (session: Session) => void = () => undefined;
  #openedListener: (id: ConnectionId) => void = () => undefined;
  #supersededListener: (realm: Realm, session: Session) => void = () => undefined;
  #closingListener: (realm: Realm, session: Session) => void = () => undefined;
  #replayListener: (realm: Realm, session: Session, missed: CatchUp) => void = () => undefined;

  constructor(parts: PerformerParts) {
    this.#parts = parts;
    const delivered = (way: string): Counter => parts.telemetry.counter('messages_delivered_total', way);
    this.#delivered = { direct: delivered('direct'), mailbox: delivered('mailbox'), cluster: delivered('cluster') };
    // An alert sees only an increase from a known value.
    for (const bound of [...MAILBOX_BOUNDS, 'engine']) parts.telemetry.counter('mailbox_full_total', bound);
    this.#mailboxWait = parts.telemetry.histogram('mailbox_wait_seconds');
    this.#collector = new MailboxCollector(parts);
  }

  /** Must be called before the first decision. */
  useLanes(lanes: Lanes): void {
    this.#lanes = lanes;
  }

  /** @param listener called within a turn, when a connection is registered, before its open frame is sent. */
  onOpening(listener: (session: Session) => void): void {
    this.#openingListener = listener;
  }

  /** @param listener called within a turn, when a connection was registered. */
  onOpened(listener: (id: ConnectionId) => void): void {
    this.#openedListener = listener;
  }

  /** @param listener called within a turn, when another connection has taken over the id. */
  onSuperseded(listener: (realm: Realm, session: Session) => void): void {
    this.#supersededListener = listener;
  }

  /** @param listener called within a turn, before the claim of a session that the broker closes is released. */
  onClosing(listener: (realm: Realm, session: Session) => void): void {
    this.#closingListener = listener;
  }

  /** @param listener called within a turn. */
  onReplay(listener: (realm: Realm, session: Session, missed: CatchUp) => void): void {
    this.#replayListener = listener;
  }

  /** Maps decisions to calls of the ports. Must be called within a turn. */
  perform(realm: Realm, decision: Decision, now: Millis): void {
    switch (decision.do) {
      case 'deliver':
        return this.#deliver(realm, decision, now, this.#delivered.direct);
      case 'hold':
        return this.#hold(realm, decision, now);
      case 'ignore':
        return this.#parts.telemetry.counter('messages_ignored_total', decision.why).add();
      case 'notify':
        return this.#parts.connections.notify(decision.to, decision.event);
      case 'broadcast':
        return this.#parts.connections.fanOut.broadcast(decision.search, decision.event);
      case 'replay':
        return this.#replayListener(realm, decision.session, decision.missed);
      case 'fetch-mailbox':
        return this.#fetchMailbox(realm, decision);
      case 'hold-notice':
        return this.#holdNotice(realm, decision);
      case 'open':
        return this.#confirmOpen(decision);
      case 'release':
        return this.#release(decision.session);
      case 'refuse':
        return this.#refuse(realm, decision);
      case 'close':
        return this.#close(realm, decision);
      case 'ping':
        return this.#parts.connections.ping(decision.session.connection);
      case 'notify-expiry':
        return this.#notifyExpiry(decision);
      case 'pause':
        return pausePeer(this.#parts, realm, decision);
      default:
        return impossible(decision);
    }
  }

  performAll(realm: Realm, decisions: readonly Decision[], now: Millis): void {
    for (const decision of decisions) this.perform(realm, decision, now);
  }

  /** M16: a socket refused a message, or accepted it and could not send it. */
  undelivered(realm: Realm, message: SignalMessage, now: Millis): void {
    this.#parts.telemetry.counter('messages_undelivered_total').add();
    this.perform(realm, realm.notices.undelivered(message), now);
  }

  #deliver(realm: Realm, { to, message }: Extract<Decision, { do: 'deliver' }>, now: Millis, delivered: Counter): void {
    const { connections, handshakes } = this.#parts;
    if (connections.send(to, message) === 'gone') return this.undelivered(realm, message, now);
    delivered.add();
    handshakes.delivered(realm.key, message.kind, message.from, message.to, now);
  }

  #hold(realm: Realm, { sender, message }: Extract<Decision, { do: 'hold' }>, now: Millis): void {
    const route = this.#lanes?.route(realm, sender, message, now);
    if (route !== 'taken') this.put(realm, sender, message, now, route);
  }

  /** Puts a message into the mailbox of its receiver. Must be called within a turn. @param route receives the answer. */
  put(realm: Realm, sender: Session, message: SignalMessage, now: Millis, route?: PairRoute): void {
    const { mailboxes, storeHealth, bus, turns, sweeper, telemetry, clusterCut } = this.#parts;
    // The payload is borrowed and the callback may be late. A refusal needs only the two ids and the owner.
    const { kind, from, to, owner } = message;
    if (clusterCut === 'refuse' && !bus.isReachable) {
      if (route !== undefined) this.#lanes?.putAnswered(route, 'unwanted', undefined);
      return this.unheld(realm, message);
    }
    realm.use.add();
    mailboxes.put(realm.key, sender, message, now, (outcome, exceeds) => {
      storeHealth.observe(outcome);
      if (outcome === 'full') telemetry.counter('mailbox_full_total', exceeds ?? 'unknown').add();
      else if (outcome === 'failed') telemetry.counter('mailbox_failed_total').add();
      else if (outcome === 'unwanted') telemetry.counter('messages_ignored_total', 'destination-absent').add();
      else if (outcome === 'held') sweeper.schedule(mailboxes.nextDeadline());
      if (route !== undefined) turns.run(() => this.#lanes?.putAnswered(route, outcome, exceeds));
      if (outcome === 'held' || outcome === 'unwanted') return realm.use.remove();
      turns.run(() => {
        realm.use.remove();
        this.unheld(realm, { kind, from, to, payload: undefined, owner });
      });
    });
  }

  /** M13: a message is neither delivered nor held. Must be called within a turn. */
  unheld(realm: Realm, message: SignalMessage): void {
    this.perform(realm, realm.notices.unheld(message), this.#parts.clock.now());
  }

  /** Delivers a message of another node to an open session. Must be called within a turn. */
  deliverFromLane(realm: Realm, to: ConnectionId, message: SignalMessage, now: Millis): void {
    this.#deliver(realm, { do: 'deliver', to, message }, now, this.#delivered.cluster);
  }

  /** O11: a message is held for a peer of this node. Must be called within a turn. */
  mailWaiting(realm: Realm, id: PeerId): void {
    const decision = realm.mailWaiting(id);
    if (decision !== undefined) this.perform(realm, decision, this.#parts.clock.now());
  }

  /** M14, M16: a sender that is not on this node finds the notice in its mailbox, if the sender is in the cluster. */
  #holdNotice(realm: Realm, { kind, undelivered }: Extract<Decision, { do: 'hold-notice' }>): void {
    const { mailboxes, storeHealth, telemetry, clock } = this.#parts;
    mailboxes.put(
      realm.key,
      undefined,
      notice(kind, undelivered.to, undelivered.from, undelivered.owner),
      clock.now(),
      (outcome) => {
        storeHealth.observe(outcome);
        if (outcome === 'failed') telemetry.counter('mailbox_failed_total').add();
        else if (outcome !== 'held') telemetry.counter('messages_ignored_total', 'sender-gone').add();
      },
    );
  }

  #fetchMailbox(realm: Realm, fetch: MailboxFetch): void {
    const { clock } = this.#parts;
    const { session } = fetch;
    if (session.state === 'connecting') this.#lanes?.peerRegistered(realm, session.id);
    const delivered = session.state === 'open' ? this.#delivered.cluster : this.#delivered.mailbox;
    realm.use.add();
    this.#collector.collect(session, ({ messages, unread, claim, waits }) => {
      realm.use.remove();
      for (const wait of waits) this.#mailboxWait.observe(wait / 1_000);
      // O5: the bus message about it may have arrived before the session was registered.
      const supersede = claim === 'moved' ? realm.superseded(session.id, session.connection) : undefined;
      const decisions: Decision[] = supersede === undefined ? [] : [supersede];
      this.#lanes?.mailboxFetched(session, messages, claim === 'held');
      realm.mailboxFetched(fetch, messages, unread, decisions);
      const now = clock.now();
      for (const decision of decisions) {
        if (decision.do === 'deliver') this.#deliver(realm, decision, now, delivered);
        else this.perform(realm, decision, now);
      }
      if (session.state === 'open' && !session.isFetchingMailbox) this.#lanes?.mailboxEmpty(session);
    });
  }

  #confirmOpen({ session, replaces }: Extract<Decision, { do: 'open' }>): void {
    const { connections, log, telemetry, clock } = this.#parts;
    this.#openingListener(session);
    const expiresIn = session.expiresAt === NEVER ? undefined : session.expiresAt - clock.now();
    connections.sendOpenFrame(session.connection, { id: session.id, replaces, expiresIn });
    const connection = connections.find(session.connection);
    connection?.forgetRequest(mayRefreshToken(session, connection));
    if (replaces !== 'nothing') telemetry.counter('reattached_total', connection?.dialect.name ?? '').add();
    log.record({ event: 'peer-opened', session, address: connection?.address ?? '' });
    this.#openedListener(session.connection);
  }

  #refuse(realm: Realm, { session, refusal }: Extract<Decision, { do: 'refuse' }>): void {
    const { connections, log } = this.#parts;
    this.#release(session);
    const { connection, id } = session;
    const { address = '', origin } = connections.find(connection) ?? {};
    log.record({
      event: 'connection-refused',
      connection,
      realm: realm.key,
      id,
      key: undefined,
      refusal,
      address,
      origin,
      limit: limitOf(refusal, realm.limits),
    });
    connections.refuse(connection, refusal);
  }

  #close(realm: Realm, { session, ending }: Extract<Decision, { do: 'close' }>): void {
    const { connections, log, clock } = this.#parts;
    if (ending !== 'superseded') this.#closingListener(realm, session);
    this.#release(session);
    const connection = connections.find(session.connection);
    if (connection !== undefined) connection.ending = ending;
    const code = connections.close(session.connection, (encoder) => encoder.closeFrame(ending));
    const passage = connection && trafficOf(connection, clock.now());
    log.record({ event: 'peer-closed', session, ending, end: { by: 'broker', code }, passage });
    if (ending === 'superseded') this.#supersededListener(realm, session);
  }

  /** Guests and refused clients have no claim. */
  #release(session: Session): void {
    this.#lanes?.sessionEnded(session);
    if (session.isClaimed) this.#parts.releases.release(session);
  }

  #notifyExpiry({ session, in: span }: Extract<Decision, { do: 'notify-expiry' }>): void {
    if (session.state === 'open') this.#parts.connections.sendTokenNotice(session.connection, { notice: 'expiring', in: span });
  }
}

/** A7: whether the dialect has tokens, and the authorizer has one of this session. */
function mayRefreshToken({ grant }: Session, { conversation }: Connection): boolean {
  return grant !== OPEN_GRANT && conversation.tokenFrame !== undefined;
}
