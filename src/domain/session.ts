import type { ClaimNumber } from './claim-number.ts';
import { OPEN_GRANT, type Grant } from './grant.ts';
import type { ConnectionId, NodeId, PeerId, RealmKey } from './ids.ts';
import { invariant } from './invariant.ts';
import type { MemoryAccount } from './memory-account.ts';
import { textBytes } from './memory-sizes.ts';
import type { Payload, SignalMessage } from './message.ts';
import { RateLimiter, type RateLimits } from './rate-limiter.ts';
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

const NO_MESSAGES: readonly SignalMessage[] = [];

/** The rights of a session, and their end. Replaced on each change, so that all sessions without a token share one. */
interface SessionAccess {
  readonly grant: Grant;
  readonly expiresAt: Millis;
  readonly noticeAt: Millis;
}

const OPEN_ACCESS: SessionAccess = { grant: OPEN_GRANT, expiresAt: NEVER, noticeAt: NEVER };

/** The state that most peers never have, and share therefore. Replaced on each change. */
interface SessionExtras {
  readonly requestedTopics: RequestedTopics | undefined;
  readonly clientId: string | undefined;
  readonly subscriptions: SessionSubscriptions | undefined;
  readonly will: Payload | undefined;
  readonly willDraft: Draft | undefined;
  readonly inherited: readonly SignalMessage[];
}

const NO_EXTRAS: SessionExtras = {
  requestedTopics: undefined,
  clientId: undefined,
  subscriptions: undefined,
  will: undefined,
  willDraft: undefined,
  inherited: NO_MESSAGES,
};

/** A connection from its request to become a peer or a subscriber until its close. */
export class Session<R extends SessionRealm = SessionRealm> {
  readonly connection: ConnectionId;
  readonly realm: R;
  readonly id: PeerId;
  /** A4: with the granted owner after `authorize`. */
  token: Token;
  #access: SessionAccess;
  readonly #canRefresh: boolean;
  /** M19: those of the realm, or lower ones of the grant. */
  rateLimits: RateLimits;
  /** Whether its id was claimed in the directory. */
  isClaimed = false;
  /** Of its granted claim. Undefined before, and if the directory has no numbers. */
  claimNumber: ClaimNumber | undefined = undefined;
  /** Owned by `RateLimiters`. After a reconnect, the limiter of the previous session. */
  rateLimiter: RateLimiter;
  readonly traits: SessionTraits;
  readonly memory: MemoryAccount | undefined;
  state: SessionState = 'connecting';
  #extras: SessionExtras = NO_EXTRAS;

  /** O11. Owned by `Realm`: a fetch of the mailbox is in progress; and messages were held meanwhile. */
  isFetchingMailbox = false;
  mustFetchAgain = false;
  /** Owned by `Realm`: the session is closed after the fetched messages are delivered. */
  isDraining = false;

  /** Owned by `LivenessMonitor`: time of the last message, without suspensions of the process (L6). */
  lastMessageAt: Millis;
  /** Owned by `IdleQueue`, including the neighbours in its list. */
  lastReceivedAt: Millis;
  isPinged = false;
  idleLonger: Session | undefined = undefined;
  idleShorter: Session | undefined = undefined;

  constructor(request: SessionRequest<R>, now: Millis) {
    this.connection = request.connection;
    this.realm = request.realm;
    this.id = request.id;
    this.token = request.token;
    const expiresAt = request.requestedTopics?.expiresAt;
    this.#access = expiresAt === undefined ? OPEN_ACCESS : { ...OPEN_ACCESS, expiresAt };
    this.rateLimits = request.realm.limits;
    this.rateLimiter = new RateLimiter(request.realm.limits, now);
    this.traits = request.traits;
    this.#canRefresh = request.canRefresh === true;
    const { requestedTopics, clientId } = request;
    if (requestedTopics !== undefined || clientId !== undefined) this.#extras = { ...NO_EXTRAS, requestedTopics, clientId };
    this.lastMessageAt = now;
    this.memory = request.memory;
    this.memory?.set('credentials', extraCredentialBytes(request.id, request.token));
    this.lastReceivedAt = now;
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

  /** Changed by `renewTopicRights` only. */
  get requestedTopics(): RequestedTopics | undefined {
    return this.#extras.requestedTopics;
  }

  /** T16. */
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

  /** A3 to A5, A7: applies a grant, before the session is registered, or with a fresh token of the same owner. */
  authorize(grant: Grant, now: Millis, token = this.token): void {
    const { owner, lifetime, messagesPerSecond } = grant;
    this.token = owner === undefined ? token : token.ownedBy(owner);
    this.memory?.set('credentials', extraCredentialBytes(this.id, this.token));
    const expiresAt = Math.min(this.requestedTopics?.expiresAt ?? NEVER, now + lifetime);
    this.#access = { grant, expiresAt, noticeAt: this.#canRefresh ? noticeTime(expiresAt, now) : NEVER };
    const { limits } = this.realm;
    const before = this.rateLimits;
    const isLower = messagesPerSecond !== undefined && messagesPerSecond < limits.messagesPerSecond;
    this.rateLimits = isLower ? { ...limits, messagesPerSecond } : limits;
    if (this.state !== 'connecting') this.rateLimiter.changeLimits(before, this.rateLimits, now);
    else if (isLower) this.rateLimiter = new RateLimiter(this.rateLimits, now);
  }

  /** A7, MER12: a fresh token replaces the rights in topics, and the grant. */
  renewTopicRights(rights: Pick<RequestedTopics, 'clearance' | 'expiresAt' | 'permissions'>, grant: Grant, now: Millis): void {
    const { clearance, expiresAt, permissions } = rights;
    const before = this.#extras.requestedTopics;
    const requestedTopics = { selectors: [], presence: false, ...before, clearance, expiresAt, permissions };
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

/** A7: time from the notice to the expiry, for tokens that are valid for at least twice as long. */
const LONGEST_NOTICE: Millis = 60_000;

function noticeTime(expiresAt: Millis, now: Millis): Millis {
  return expiresAt === NEVER ? NEVER : expiresAt - Math.min(LONGEST_NOTICE, Math.floor((expiresAt - now) / 2));
}

/** Length of id and token that the fixed cost of a connection includes. */
const INCLUDED_CREDENTIAL_BYTES = 256;

/** Characters of id and token that never exceed it: two bytes each, with two headers and their padding. */
const INCLUDED_CREDENTIAL_CHARACTERS = 104;

function extraCredentialBytes(id: PeerId, token: Token): number {
  const secret = token.reveal();
  if (id.length + secret.length <= INCLUDED_CREDENTIAL_CHARACTERS && token.identity === secret) return 0;
  const identityBytes = token.identity === secret ? 0 : textBytes(token.identity);
  return Math.max(0, textBytes(id) + textBytes(secret) + identityBytes - INCLUDED_CREDENTIAL_BYTES);
}
