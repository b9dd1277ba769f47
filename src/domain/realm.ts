import type { RateLimits } from './rate-limiter.ts';
import { RateLimiters } from './rate-limiters.ts';
import { TopicRegistry, type TopicLimits } from './topic-registry.ts';
import { deliverableTo, fetchMailbox, fetchMore, handOver, type MailboxFetch } from './mailbox-fetch.ts';
import { IGNORE, type Decision, type Expired, type Replaced } from './decision.ts';
import { echoed, parsePeerId, type ConnectionId, type NodeId, type PeerId, type RealmKey } from './ids.ts';
import { needsDelivery, notice, type OutgoingMessage, type SignalMessage } from './message.ts';
import type { Ending } from './refusal.ts';
import { drainSessions } from './drain-sessions.ts';
import { DeliveryNotices } from './delivery-notices.ts';
import { SessionTable } from './session-table.ts';
import type { SessionTraits, Session, SessionEvent } from './session.ts';
import type { Millis } from './time.ts';
import type { Token } from './token.ts';
import { LivenessMonitor, type LivenessTimeouts } from './liveness-monitor.ts';

/** What one tenant may use. */
export interface RealmLimits extends RateLimits, TopicLimits, LivenessTimeouts {
  /** O6: peers at one time. */
  readonly concurrentLimit: number;
  /** O7: characters of an id. */
  readonly idLength: number;
  /** M19: what happens to a peer that sends more than it may. */
  readonly onFlood: 'close' | 'pause';
}

/** Which realm it is, and of which node. */
interface RealmIdentity {
  readonly key: RealmKey;
  readonly node: NodeId;
  readonly isSingleNode?: boolean;
}

/** A session with the rules of its realm at hand. */
export type RealmSession = Session<Realm>;

/** The rules of one tenant, authoritative for the connections of its node: facts in, decisions out, no side effects. */
export class Realm {
  readonly key: RealmKey;
  readonly node: NodeId;
  /** Whether there is no other node: who is not here is nowhere. */
  readonly isSingleNode: boolean;
  readonly limits: RealmLimits;
  readonly #sessions = new SessionTable<RealmSession>();
  readonly #notices: DeliveryNotices;
  readonly liveness: LivenessMonitor;
  readonly #rateLimiters: RateLimiters;
  readonly #guests = new Set<Session>();
  readonly #topicRegistries = new Map<string, TopicRegistry>();

  constructor({ key, node, isSingleNode = true }: RealmIdentity, limits: RealmLimits) {
    this.key = key;
    this.node = node;
    this.isSingleNode = isSingleNode;
    this.limits = limits;
    this.#notices = new DeliveryNotices(this.#sessions, isSingleNode);
    this.liveness = new LivenessMonitor(limits);
    this.#rateLimiters = new RateLimiters(limits);
  }

  /** How many peers and guests are here. */
  get size(): number {
    return this.#sessions.size + this.#guests.size;
  }

  /** O6. */
  get isFull(): boolean {
    return this.size >= this.limits.concurrentLimit;
  }

  /** T2: the topics of one space. */
  topics({ space, keepsHistory }: Pick<SessionTraits, 'space' | 'keepsHistory'>): TopicRegistry {
    const known = this.#topicRegistries.get(space);
    if (known !== undefined) return known;
    const topics = new TopicRegistry(this.limits, keepsHistory);
    this.#topicRegistries.set(space, topics);
    return topics;
  }

  has(id: string): boolean {
    return this.#sessions.find(id) !== undefined;
  }

  /** H4: the ids of all peers that are open. */
  present(): PeerId[] {
    return this.#sessions.present();
  }

  /** X5, X6: the open peer with that id, if the token is its own. */
  sessionOf(id: string, token: Token): RealmSession | undefined {
    const session = this.#sessions.find(id);
    return session?.state === 'open' && session.token.matches(token) ? session : undefined;
  }

  /** A connection asks to be a peer or a guest. Who owns an id is the directory's to say. */
  connecting(session: Session, now: Millis): void {
    this.liveness.add(session, now);
  }

  /** T9, O6: lets in who is not to be addressed. */
  admitGuest(session: Session, out: Decision[]): void {
    if (this.isFull) return void out.push(this.refuse(session, 'realm-full'));
    this.#guests.add(session);
    this.#openSession(session, 'nothing', [], out);
  }

  /** O4, O6: the connection does not become a peer. */
  refuse(session: Session, reason: 'id-taken' | 'realm-full'): Decision {
    this.#remove(session, 'refused');
    return { do: 'refuse', session, refusal: { reason } };
  }

  /** O3, O6: the directory granted a free id. */
  admit(session: RealmSession): Decision {
    if (this.isFull) return this.refuse(session, 'realm-full');
    this.#sessions.register(session);
    this.#rateLimiters.restore(session);
    return fetchMailbox(session, 'nothing');
  }

  /** O5: the directory granted an id that is seated here: it has a new socket, the old one is over. */
  reconnect(session: RealmSession, out: Decision[]): void {
    const before = this.#sessions.register(session);
    if (before !== undefined) out.push(this.#close(before, 'superseded', 'superseded'));
    this.#rateLimiters.restore(session);
    out.push(fetchMailbox(session, before === undefined ? 'nothing' : before.traits.carrier));
  }

  /**
   * O3, O11: the mailbox is here. First the welcome, then what waited, in order. What came to wait meanwhile is collected,
   * too, before anything is told directly: nothing overtakes it.
   * @param unread have not collected yet what the peer sent from elsewhere. They are asked to when it arrives.
   */
  mailboxFetched(
    { session, replaces, alreadyFetched }: Omit<MailboxFetch, 'do'>,
    messages: readonly SignalMessage[],
    unread: readonly PeerId[],
    out: Decision[],
  ): void {
    const all = deliverableTo(session, alreadyFetched, messages);
    const fetchesAgain = session.mustFetchAgain && !session.isDraining;
    if (session.state === 'connecting' && fetchesAgain) return void out.push(fetchMailbox(session, replaces, all));
    if (session.state === 'connecting') {
      this.#openSession(session, replaces, all, out);
      // Only now, and not of itself: those who may take nothing would have one another ask for ever.
      out.push(...unread.flatMap((id) => (id === session.id ? [] : (this.mailWaiting(id) ?? []))));
    } else if (session.state === 'open') {
      for (const message of all) out.push({ do: 'deliver', to: session.connection, message });
    } else return this.#handOver(session, all, out);
    session.isFetchingMailbox = fetchesAgain;
    if (fetchesAgain) out.push(fetchMailbox(session, replaces));
    else if (session.isDraining) out.push(this.#close(session, 'ended', 'restarting'));
  }

  /** O11: something waits for an id. @returns undefined where nobody here speaks for it, or is asking already. */
  mailWaiting(id: PeerId): Decision | undefined {
    const session = this.#sessions.find(id);
    return session === undefined ? undefined : fetchMore(session);
  }

  /** O5: the directory has given the id of a connection to one of another node. */
  superseded(id: PeerId, connection: ConnectionId): Decision | undefined {
    const session = this.#sessions.find(id);
    return session?.connection === connection ? this.#close(session, 'superseded', 'superseded') : undefined;
  }

  /** All that speak for an id here, or are about to. */
  sessions(): Iterable<RealmSession> {
    return this.#sessions.sessions();
  }

  /** M8, M19: a message came: its peer lives, and has one token less. @returns the decision of `charge` */
  frameReceived(session: Session, now: Millis): Decision | undefined {
    this.liveness.received(session, now);
    return this.takeToken(session, now);
  }

  /** M19, M20: takes a token. @returns the decision for a peer that is over its rate limit; undefined within the allowance */
  takeToken(session: Session, now: Millis): Decision | undefined {
    const overdraft = session.rateLimiter.takeToken(this.limits, now);
    if (overdraft === 0) return undefined;
    return this.limits.onFlood === 'pause'
      ? { do: 'pause', session, until: now + overdraft }
      : this.#close(session, 'ended', 'flooding');
  }

  /** M1, M4, M6, M12, M13. */
  relay(sender: Session, outgoing: OutgoingMessage): Decision {
    const { kind, to, payload } = outgoing;
    if (to === undefined || to.length === 0) return IGNORE.missing;
    const recipient = this.#sessions.find(to);
    const owner = needsDelivery(kind) ? sender.token : undefined;
    if (recipient?.state === 'open' && !recipient.isFetchingMailbox) {
      return { do: 'deliver', to: recipient.connection, message: { kind, from: sender.id, to: recipient.id, payload, owner } };
    }
    if (!needsDelivery(kind) && recipient === undefined && this.isSingleNode) return IGNORE.absent;
    const absent = parsePeerId(to, this.limits.idLength);
    if (recipient !== undefined) recipient.mustFetchAgain = true;
    if (absent.ok) return { do: 'hold', sender, message: { kind, from: sender.id, to: absent.value, payload, owner } };
    if (!needsDelivery(kind)) return IGNORE.absent;
    return { do: 'deliver', to: sender.connection, message: notice('expire', echoed(to), sender.id, sender.token) };
  }

  /** M10: a peer may stumble; only a habit is closed, so that one bad frame does not end a call. */
  malformed(session: Session, now: Millis): Decision {
    if (session.rateLimiter.strike(this.limits, now)) return this.#close(session, 'ended', 'malformed');
    return IGNORE.malformed;
  }

  /** T5, O14, B3: it asked for more topics than it may have, sent more than is kept, or holds the most of an exhausted budget. */
  limitExceeded(session: Session, ending: 'overreaching' | 'flooding' | 'hoarding' = 'overreaching'): Decision {
    return this.#close(session, 'ended', ending);
  }

  /** M7, T8: the peer says goodbye. */
  leave(session: Session): Decision {
    session.will = undefined;
    return this.#close(session, 'left', 'left');
  }

  /** T7, T8: the connection is gone: those in its topics are told. */
  leaveTopics(session: Session, out: Decision[]): void {
    if (session.subscriptions !== undefined) this.topics(session.traits).leaveAll(session, out);
  }

  /** L2, L4: the connection is gone, and with it its claim to the id. */
  lost(session: Session): Decision {
    this.#remove(session, 'lost');
    return { do: 'release', session };
  }

  /** The broker itself stumbled over this connection; it alone pays. */
  faulted(session: Session): Decision {
    return this.#close(session, 'ended', 'fault');
  }

  /** M16. */
  undelivered(message: SignalMessage): Decision {
    return this.#notices.undelivered(message);
  }

  /** M13. */
  unheld(message: SignalMessage): Decision {
    return this.#notices.unheld(message);
  }

  /** M14, M15. */
  expired(expired: Expired): Decision {
    return this.#notices.expired(expired);
  }

  /** L1, L5: closes every session that was silent for too long. Costs what it finds, not what lives. */
  sweep(now: Millis, out: Decision[]): void {
    this.#rateLimiters.sweep(now);
    for (const session of this.liveness.timedOut(now)) out.push(this.#close(session, 'ended', 'silent'));
    for (const session of this.liveness.expired(now)) out.push(this.#close(session, 'ended', 'expired'));
    for (const session of this.liveness.due(now)) out.push({ do: 'ping', session });
  }

  /** When a session falls silent, if none is heard before, or is to be pinged. */
  nextDeadline(): Millis {
    return this.liveness.nextDeadline();
  }

  /** The node goes: so many are asked to come back elsewhere. @param waitsForMail see `askToLeave`. @returns how many were asked. */
  drain(out: Decision[], max: number, waitsForMail: boolean): number {
    const { marked, ready } = drainSessions([...this.#sessions.sessions(), ...this.#guests], max, waitsForMail);
    out.push(...ready.map((session) => this.#close(session, 'ended', 'restarting')));
    return marked;
  }

  /** O3, O11, T3: first the welcome, then what waited, in order, then the topics that it came for. */
  #openSession(session: Session, replaces: Replaced, messages: readonly SignalMessage[], out: Decision[]): void {
    session.transition('registered');
    out.push({ do: 'open', session, replaces });
    for (const message of messages) out.push({ do: 'deliver', to: session.connection, message });
    const { requestedTopics, traits } = session;
    if (requestedTopics !== undefined && !this.topics(traits).subscribeRequested(session, requestedTopics, out))
      {out.push(this.limitExceeded(session));}
  }

  /** It was collected for a connection that is over. */
  #handOver({ id }: Session, messages: readonly SignalMessage[], out: Decision[]): void {
    if (!handOver(this.#sessions.find(id), messages)) out.push(...messages.map((message) => this.#notices.returned(message)));
  }

  #close(session: Session, event: SessionEvent, ending: Ending): Decision {
    this.#remove(session, event);
    return { do: 'close', session, ending };
  }

  #remove(session: Session, event: SessionEvent): void {
    session.transition(event);
    this.liveness.remove(session);
    if (this.#guests.delete(session)) return;
    this.#sessions.remove(session);
    this.#rateLimiters.save(session);
  }
}
