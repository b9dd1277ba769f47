import { IGNORE, type Decision, type Replaced } from './decision.ts';
import { DeliveryNotices } from './delivery-notices.ts';
import { drainSessions } from './drain-sessions.ts';
import { Guests } from './guests.ts';
import { echoed, parsePeerId, type ConnectionId, type NodeId, type PeerId, type RealmKey } from './ids.ts';
import { LivenessMonitor, type DueSession, type LivenessTimeouts } from './liveness-monitor.ts';
import { deliverableTo, fetchMailbox, fetchMore, handOver, type MailboxFetch } from './mailbox-fetch.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { needsDelivery, notice, type OutgoingMessage, type SignalMessage } from './message.ts';
import { strike, takeTokens, tokensFor, type RateLimits } from './rate-limiter.ts';
import { RateLimiters } from './rate-limiters.ts';
import type { Ending, OpenRefusal } from './refusal.ts';
import type { Session, SessionEvent, SessionTraits } from './session.ts';
import { SessionTable } from './session-table.ts';
import type { Millis } from './time.ts';
import type { TopicLimits, TopicRegistry } from './topic-registry.ts';
import { TopicSpaces } from './topic-spaces.ts';
import { UseCount } from './use-count.ts';

/** Limits of one realm. */
export interface RealmLimits extends RateLimits, TopicLimits, LivenessTimeouts {
  /** O6: concurrent peers. */
  readonly concurrentLimit: number;
  /** O7: length of a peer id, in characters. */
  readonly idLength: number;
  /** M19: the action on a peer that exceeds its rate limit. */
  readonly onFlood: 'close' | 'pause';
}

export type RealmIdentity = Pick<Realm, 'key' | 'node'> & { readonly isSingleNode?: boolean; readonly memory?: MemoryBudget };

/** The parts that all realms by pattern share, and the listener of `use` (R2). */
type SharedParts = Pick<Realm, 'liveness'> & {
  readonly rateLimiters: RateLimiters;
  readonly onUseChange: (isUsed: boolean) => void;
};

/** A session with access to the rules of its realm. */
export type RealmSession = Session<Realm>;

/** The rules of one tenant, authoritative for the connections of its node: facts in, decisions out, no side effects. */
export class Realm {
  readonly key: RealmKey;
  readonly node: NodeId;
  /** True for a single node: a peer unknown here is unknown everywhere. */
  readonly isSingleNode: boolean;
  readonly limits: RealmLimits;
  readonly #sessions = new SessionTable<RealmSession>();
  readonly notices: DeliveryNotices;
  readonly liveness: LivenessMonitor;
  readonly #rateLimiters: RateLimiters;
  readonly #guests = new Guests();
  readonly topicSpaces: TopicSpaces;
  readonly use: UseCount;

  constructor({ key, node, isSingleNode = true, memory }: RealmIdentity, limits: RealmLimits, shared?: SharedParts) {
    this.key = key;
    this.node = node;
    this.isSingleNode = isSingleNode;
    this.limits = limits;
    this.notices = new DeliveryNotices(this.#sessions, isSingleNode);
    this.liveness = shared?.liveness ?? new LivenessMonitor(limits);
    this.#rateLimiters = shared?.rateLimiters ?? new RateLimiters();
    this.topicSpaces = new TopicSpaces(limits, shared === undefined, memory);
    this.use = new UseCount(shared?.onUseChange);
  }

  /** Number of peers and guests on this node. */
  get size(): number {
    return this.#sessions.size + this.#guests.size;
  }

  /** O6. */
  get isFull(): boolean {
    return this.size >= this.limits.concurrentLimit;
  }

  /** T2: the topic registry of one space. */
  topics(traits: Pick<SessionTraits, 'space' | 'keepsHistory'>): TopicRegistry {
    return this.topicSpaces.of(traits);
  }

  has(id: string): boolean {
    return this.find(id) !== undefined;
  }

  find(id: string): RealmSession | undefined {
    return this.#sessions.find(id);
  }

  /** H4: the ids of all open peers. */
  present(): PeerId[] {
    return this.#sessions.present();
  }

  /** X5, X6: the open session of a peer, if the client gave its secret. */
  sessionOf(id: string, secret: string): RealmSession | undefined {
    const session = this.#sessions.find(id);
    return session?.state === 'open' && session.token.hasSecret(secret) ? session : undefined;
  }

  /** Starts the liveness timeout of a new session. The directory decides the ownership of its id. */
  connecting(session: Session, now: Millis): void {
    this.use.add();
    this.liveness.add(session, now);
  }

  /** T9, T16, O6: admits a guest, which is not addressable. With its client id, it replaces its earlier connection. */
  admitGuest(session: Session, out: Decision[]): void {
    const { refusal, replaced } = this.#guests.admission(session, this.isFull);
    if (refusal !== undefined) return void out.push(this.refuse(session, { reason: refusal }));
    if (replaced !== undefined) out.push(this.#close(replaced, 'superseded', 'superseded'));
    this.#guests.add(session);
    this.#openSession(session, 'nothing', [], out);
  }

  /** O4, O6, A6: rejects a connecting session. */
  refuse(session: Session, refusal: OpenRefusal): Decision {
    this.#remove(session, 'refused');
    return { do: 'refuse', session, refusal };
  }

  /** O3, O6: the directory granted a free id. */
  admit(session: RealmSession): Decision {
    if (this.isFull) return this.refuse(session, { reason: 'realm-full' });
    this.#sessions.register(session);
    this.#rateLimiters.restore(session);
    return fetchMailbox(session, 'nothing');
  }

  /** O5: the directory granted an id with a session on this node. The new session replaces the old one. */
  reconnect(session: RealmSession, out: Decision[]): void {
    const before = this.#sessions.register(session);
    if (before !== undefined) out.push(this.#close(before, 'superseded', 'superseded'));
    this.#rateLimiters.restore(session);
    out.push(fetchMailbox(session, before?.traits.carrier ?? 'nothing'));
  }

  /**
   * O3, O11: the mailbox was fetched. OPEN comes first, then the held messages, in order. Messages held during the fetch are
   * fetched before any direct delivery, so that no message overtakes another.
   * @param unread peers with unfetched messages that this peer sent from another node. They fetch their mailboxes after OPEN.
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
      // After OPEN, and never for the peer itself; otherwise two peers whose writes fail would trigger each other endlessly.
      if (unread.length > 0) out.push(...unread.flatMap((id) => (id === session.id ? [] : (this.mailWaiting(id) ?? []))));
    } else if (session.state === 'open') {
      for (const message of all) out.push({ do: 'deliver', to: session.connection, message });
    } else return this.#handOver(session, all, out);
    session.isFetchingMailbox = fetchesAgain;
    if (fetchesAgain) out.push(fetchMailbox(session, replaces));
    else if (session.isDraining) out.push(this.#close(session, 'ended', 'restarting'));
  }

  /** O11: a mailbox is not empty. @returns undefined if this node has no session for the id, or its fetch is in progress. */
  mailWaiting(id: PeerId): Decision | undefined {
    return fetchMore(this.#sessions.find(id));
  }

  /** O5: the directory moved the id of a connection to another node. */
  superseded(id: PeerId, connection: ConnectionId): Decision | undefined {
    const session = this.#sessions.find(id);
    return session?.connection === connection ? this.#close(session, 'superseded', 'superseded') : undefined;
  }

  /** All sessions with an id on this node, open or connecting. */
  sessions(): Iterable<RealmSession> {
    return this.#sessions.sessions();
  }

  /** M8, M19, M22, W8: a frame arrived: restarts the liveness timeout and takes tokens. @returns the decision of `takeTokens` */
  frameReceived(session: Session, now: Millis, bytes = 0, requests = 1): Decision | undefined {
    this.liveness.received(session, now);
    return this.takeTokens(session, now, tokensFor(bytes, session.rateLimits, requests));
  }

  /** M19, M20: takes tokens. @returns the rate-limit decision (pause or close); undefined within the limit */
  takeTokens(session: Session, now: Millis, tokens = 1): Decision | undefined {
    const overdraft = takeTokens(session, now, tokens);
    if (overdraft === 0) return undefined;
    if (this.limits.onFlood === 'pause') return { do: 'pause', session, until: now + overdraft };
    return this.#close(session, 'ended', 'flooding');
  }

  /** M1, M4, M6, M12, M13: delivers to an open peer, or holds for an absent one. @param likely a session that was registered. */
  relay(sender: Session, outgoing: OutgoingMessage, likely?: RealmSession): Decision {
    const { kind, to, payload } = outgoing;
    if (to === undefined || to.length === 0) return IGNORE.missing;
    const recipient = this.#sessions.find(to, likely);
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

  /** M10: counts a strike. Several strikes in a window close the connection; a single malformed frame does not. */
  malformed(session: Session, now: Millis): Decision {
    return strike(session, now) ? this.#close(session, 'ended', 'malformed') : IGNORE.malformed;
  }

  /** T5, O14, B3, L1, W1: the session exceeded its topics, backlog, memory budget or idle time, or can't be read. */
  limitExceeded(session: Session, ending: Exclude<Ending, 'left'> = 'overreaching'): Decision {
    return this.#close(session, 'ended', ending);
  }

  /** M7, T8, T18: the peer leaves by request, so its will is discarded. */
  leave(session: Session): Decision {
    session.discardWill();
    return this.#close(session, 'left', 'left');
  }

  /** T7, T8: removes the subscriptions of a closed connection and notifies the other subscribers. */
  leaveTopics(session: Session, out: Decision[]): void {
    if (session.subscriptions !== undefined) this.topics(session.traits).leaveAll(session, out);
  }

  /** L2, L4: the connection was lost, so its claim is released. To be called once for each session that was connecting. */
  lost(session: Session): Decision {
    this.#remove(session, 'lost');
    this.use.remove();
    return { do: 'release', session };
  }

  /** Internal error on this connection, or ADM3: the operator removed the client. Other connections are not affected. */
  aborted(session: Session, ending: 'fault' | 'removed'): Decision {
    return this.#close(session, 'ended', ending);
  }

  /** L1, L5: closes idle and expired sessions, and pings those that are due. The cost is proportional to their number. */
  sweep(now: Millis, out: Decision[], max = Infinity): void {
    this.#rateLimiters.sweep(now);
    for (const due of this.liveness.allDue(now)) if (out.push(this.dueDecision(due, now)) >= max) return;
  }

  /** L1, L5, A5, A7, MER12: the timeout, ping, expiry or notice that is due. */
  dueDecision({ session, is }: DueSession, now: Millis): Decision {
    if (is === 'silent') return this.limitExceeded(session, 'silent');
    if (is === 'pinged') return { do: 'ping', session };
    if (session.expiresAt <= now) return this.#close(session, 'ended', 'expired');
    session.noticeSent();
    this.liveness.expiryChanged(session);
    return { do: 'notify-expiry', session, in: session.expiresAt - now };
  }

  /** When the next `sweep` has work to do. */
  nextDeadline(): Millis {
    return this.liveness.nextDeadline();
  }

  /** Drains up to `max` sessions of a node that shuts down; see `drainSessions`. @returns the number of sessions marked */
  drain(out: Decision[], max: number, waitsForMail: boolean): number {
    const { marked, ready } = drainSessions([this.#sessions.sessions(), this.#guests], max, waitsForMail);
    for (const session of ready) out.push(this.#close(session, 'ended', 'restarting'));
    return marked;
  }

  /** O3, O11, T3: first OPEN, then the held messages, in order, then the requested topics. */
  #openSession(session: Session, replaces: Replaced, messages: readonly SignalMessage[], out: Decision[]): void {
    session.transition('registered');
    out.push({ do: 'open', session, replaces });
    for (const message of messages) out.push({ do: 'deliver', to: session.connection, message });
    const { requestedTopics, traits } = session;
    const isWithin = requestedTopics === undefined || this.topics(traits).subscribeRequested(session, requestedTopics, out);
    if (!isWithin) out.push(this.limitExceeded(session));
  }

  /** The messages were fetched for a connection that has closed. */
  #handOver({ id }: Session, messages: readonly SignalMessage[], out: Decision[]): void {
    if (!handOver(this.#sessions.find(id), messages)) out.push(...messages.map((message) => this.notices.returned(message)));
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
