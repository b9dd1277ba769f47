import type { ClaimNumber } from './claim-number.ts';
import { extraCredentialBytes } from './credential-bytes.ts';
import type { Grant } from './grant.ts';
import type { ConnectionId, NodeId, PeerId, RealmKey } from './ids.ts';
import { invariant } from './invariant.ts';
import type { MemoryAccount } from './memory-account.ts';
import type { Payload, SignalMessage } from './message.ts';
import { keepTokens, type RateLimited, type RateLimits, type Strikes } from './rate-limiter.ts';
import { lowerLimits, noticeTime, OPEN_ACCESS } from './session-access.ts';
import { NO_EXTRAS, type SessionExtras } from './session-extras.ts';
import { NEVER, type Millis } from './time.ts';
import type { Token } from './token.ts';
import type { Draft, GroupSelector, PatternMap, RequestedTopics, TopicName } from './topic.ts';

/** The state machine of a session. The diagram in ARCHITECTURE.md is generated from it. */
export const SESSION_TRANSITIONS = {
  connecting: { registered: 'open', refused: 'closing', superseded: 'closing', ended: 'closing', lost: 'closed' },
  open: { left: 'closing', superseded: 'closing', ended: 'closing', lost: 'closed' },
  closing: { lost: 'closed' },
  closed: {},
} as const;

export type SessionState = keyof typeof SESSION_TRANSITIONS;
export type SessionEvent = 'registered' | 'refused' | 'left' | 'superseded' | 'ended' | 'lost';

/** The kind of a connection: `socket` is bidirectional, `stream` only sends to the client. */
export type Carrier = 'socket' | 'stream';

/**
 * L1, X7, MER9: the evidence that a connection is alive. `sends`: the client sends messages regularly. `answers`: the client
 * answers pings. `reads`: the client keeps reading.
 */
export type Liveness = 'sends' | 'answers' | 'reads';

/** Traits of all connections of one dialect and carrier. */
export interface SessionTraits {
  readonly carrier: Carrier;
  readonly liveness: Liveness;
  /** T2: the namespace of topics. */
  readonly space: string;
  /** T6: whether publications are kept for subscribers that reconnect. */
  readonly keepsHistory: boolean;
  /** W5: whether the client receives the refusal of a single request. */
  readonly refusesRequests?: boolean;
}

/** The part of a realm that a session depends on, without the rules. Implemented by `Realm`. */
export interface SessionRealm {
  readonly key: RealmKey;
  readonly node: NodeId;
  readonly limits: RateLimits;
  readonly liveness: { idleTimeOf(session: Session, now: Millis): Millis };
}

/** T15: a subscription of a connection in a group. */
export interface GroupMember {
  readonly session: Session;
  readonly selector: GroupSelector;
}

/** The topics and patterns of one connection. */
export interface SessionSubscriptions {
  readonly topics: Set<TopicName>;
  /** By key. Replaced by a new map on each change, because a publication on its way uses the map of its time. */
  patterns: PatternMap;
  /** MQ19: those of `topics` that do not select publications of the session itself. Undefined for none. */
  noLocal?: Set<TopicName> | undefined;
  /** T15: by group and selector. Undefined for none. */
  groups?: Map<string, GroupMember> | undefined;
  /** B1: memory of all subscriptions. */
  bytes: number;
}

/** The request of a connection to become a peer or a subscriber. */
export interface SessionRequest<R extends SessionRealm = SessionRealm> {
  readonly connection: ConnectionId;
  readonly realm: R;
  readonly id: PeerId;
  readonly token: Token;
  readonly traits: SessionTraits;
  /** Undefined for a connection without topics. */
  readonly requestedTopics?: RequestedTopics | undefined;
  /** B1: account for the memory of the session. */
  readonly memory?: MemoryAccount | undefined;
  /** A7: whether the client understands a notice that its token expires. */
  readonly canRefresh?: boolean;
  /** T16: the name by which a guest replaces its earlier connection. */
  readonly clientId?: string | undefined;
}

/** The conditions of a session: bits of one field, because a field for each would be a quarter of a session. */
const CLAIMED = 1;
const CAN_REFRESH = 2;
const FETCHING_MAILBOX = 4;
const MUST_FETCH_AGAIN = 8;
const DRAINING = 16;
const PINGED = 32;

function withCondition(conditions: number, condition: number, isTrue: boolean): number {
  return isTrue ? conditions | condition : conditions & ~condition;
}

/** A connection from its request to become a peer or a subscriber until its close. */
export class Session<R extends SessionRealm = SessionRealm> implements RateLimited {
  readonly connection: ConnectionId;
  readonly realm: R;
  readonly id: PeerId;
  /** A4: with the granted owner after `authorize`. */
  token: Token;
  /** Of its granted claim. Undefined before, and if the directory has no numbers. */
  claimNumber: ClaimNumber | undefined = undefined;
  readonly traits: SessionTraits;
  readonly memory: MemoryAccount | undefined;
  state: SessionState = 'connecting';
  #conditions = 0;
  #access = OPEN_ACCESS;
  #extras: SessionExtras<SessionSubscriptions> = NO_EXTRAS;
  /** M19. After a reconnect, that of the previous session. */
  fullAt: Millis;
  takenSixteenths = 0;
  /** Owned by `LivenessMonitor`: time of the last message, without suspensions of the process (L6). */
  lastMessageAt: Millis;
  /** Owned by `IdleQueue`, including the neighbours in its list. */
  lastReceivedAt: Millis;
  idleLonger: Session | undefined = undefined;
  idleShorter: Session | undefined = undefined;

  constructor(request: SessionRequest<R>, now: Millis) {
    this.connection = request.connection;
    this.realm = request.realm;
    this.id = request.id;
    this.token = request.token;
    const { requestedTopics, clientId } = request;
    if (requestedTopics?.expiresAt !== undefined) this.#access = { ...OPEN_ACCESS, expiresAt: requestedTopics.expiresAt };
    this.fullAt = now;
    this.traits = request.traits;
    if (request.canRefresh === true) this.#conditions = CAN_REFRESH;
    if (requestedTopics !== undefined || clientId !== undefined) this.#extras = { ...NO_EXTRAS, requestedTopics, clientId };
    this.memory = request.memory;
    this.memory?.set('credentials', extraCredentialBytes(this.id, this.token));
    this.lastMessageAt = now;
    this.lastReceivedAt = now;
  }

  /** Whether its id was claimed in the directory. */
  get isClaimed(): boolean {
    return (this.#conditions & CLAIMED) !== 0;
  }

  set isClaimed(isTrue: boolean) {
    this.#conditions = withCondition(this.#conditions, CLAIMED, isTrue);
  }

  /** O11. Owned by `Realm`: a fetch of the mailbox is in progress. */
  get isFetchingMailbox(): boolean {
    return (this.#conditions & FETCHING_MAILBOX) !== 0;
  }

  set isFetchingMailbox(isTrue: boolean) {
    this.#conditions = withCondition(this.#conditions, FETCHING_MAILBOX, isTrue);
  }

  /** O11. Owned by `Realm`: messages were held during the fetch. */
  get mustFetchAgain(): boolean {
    return (this.#conditions & MUST_FETCH_AGAIN) !== 0;
  }

  set mustFetchAgain(isTrue: boolean) {
    this.#conditions = withCondition(this.#conditions, MUST_FETCH_AGAIN, isTrue);
  }

  /** Owned by `Realm`: the session is closed after the fetched messages are delivered. */
  get isDraining(): boolean {
    return (this.#conditions & DRAINING) !== 0;
  }

  set isDraining(isTrue: boolean) {
    this.#conditions = withCondition(this.#conditions, DRAINING, isTrue);
  }

  /** Owned by `IdleQueue`. */
  get isPinged(): boolean {
    return (this.#conditions & PINGED) !== 0;
  }

  set isPinged(isTrue: boolean) {
    this.#conditions = withCondition(this.#conditions, PINGED, isTrue);
  }

  /** A3. Changed by `authorize` only. */
  get grant(): Grant {
    return this.#access.grant;
  }

  /** A5, MER12: NEVER for a session that does not expire. Changed by `authorize` only. */
  get expiresAt(): Millis {
    return this.#access.expiresAt;
  }

  /** A7: when the client is notified of the expiry; NEVER for none, and after the notice. */
  get noticeAt(): Millis {
    return this.#access.noticeAt;
  }

  /** M19: those of the realm, or lower ones of the grant. */
  get rateLimits(): RateLimits {
    return this.#access.rateLimits ?? this.realm.limits;
  }

  /** Changed by `renewTopicRights` only. */
  get requestedTopics(): RequestedTopics | undefined {
    return this.#extras.requestedTopics;
  }

  get clientId(): string | undefined {
    return this.#extras.clientId;
  }

  /** Owned by `Subscriptions`. Undefined before the first subscription. */
  get subscriptions(): SessionSubscriptions | undefined {
    return this.#extras.subscriptions;
  }

  set subscriptions(subscriptions: SessionSubscriptions | undefined) {
    this.#extras = { ...this.#extras, subscriptions };
  }

  /** T8: published when the connection is lost. */
  get will(): Payload | undefined {
    return this.#extras.will;
  }

  set will(will: Payload | undefined) {
    this.#extras = { ...this.#extras, will };
  }

  /** T18: published when the connection ends. */
  get willDraft(): Draft | undefined {
    return this.#extras.willDraft;
  }

  set willDraft(willDraft: Draft | undefined) {
    this.#extras = { ...this.#extras, willDraft };
  }

  /** Messages fetched for a connection that this session has replaced. */
  get inherited(): readonly SignalMessage[] {
    return this.#extras.inherited;
  }

  set inherited(inherited: readonly SignalMessage[]) {
    this.#extras = { ...this.#extras, inherited };
  }

  /** M10. */
  get strikes(): Strikes | undefined {
    return this.#extras.strikes;
  }

  set strikes(strikes: Strikes | undefined) {
    this.#extras = { ...this.#extras, strikes };
  }

  /** A3 to A5, A7: applies a grant, before the session is registered, or with a fresh token of the same owner. */
  authorize(grant: Grant, now: Millis, token = this.token): void {
    this.token = grant.owner === undefined ? token : token.ownedBy(grant.owner);
    this.memory?.set('credentials', extraCredentialBytes(this.id, this.token));
    const expiresAt = Math.min(this.requestedTopics?.expiresAt ?? NEVER, now + grant.lifetime);
    const noticeAt = (this.#conditions & CAN_REFRESH) === 0 ? NEVER : noticeTime(expiresAt, now);
    const before = this.rateLimits;
    this.#access = { grant, expiresAt, noticeAt, rateLimits: lowerLimits(this.realm.limits, grant) };
    if (this.state !== 'connecting') keepTokens(this, before, now);
    else if (this.rateLimits !== this.realm.limits) this.takenSixteenths = 0;
  }

  /** A7, MER12: a fresh token replaces the rights in topics, and the grant. */
  renewTopicRights(rights: Pick<RequestedTopics, 'clearance' | 'expiresAt' | 'permissions'>, grant: Grant, now: Millis): void {
    const { clearance, expiresAt, permissions } = rights;
    const requestedTopics = { selectors: [], presence: false, ...this.requestedTopics, clearance, expiresAt, permissions };
    this.#extras = { ...this.#extras, requestedTopics };
    this.authorize(grant, now);
  }

  /** A7: the client was notified of the expiry. */
  noticeSent(): void {
    this.#access = { ...this.#access, noticeAt: NEVER };
  }

  /** T8, T18: the peer leaves by request. */
  discardWill(): void {
    if (this.#extras !== NO_EXTRAS) this.#extras = { ...this.#extras, will: undefined, willDraft: undefined };
  }

  /** @throws Bug if the state machine has no such transition. */
  transition(event: SessionEvent): void {
    const next = (SESSION_TRANSITIONS[this.state] as Partial<Record<SessionEvent, SessionState>>)[event];
    invariant(next !== undefined, `a session in state ${this.state} allows the event ${event}`);
    this.state = next;
  }
}
