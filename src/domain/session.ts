import { RateLimiter, type RateLimits } from './rate-limiter.ts';
import type { ConnectionId, NodeId, PeerId, RealmKey } from './ids.ts';
import { invariant } from './invariant.ts';
import type { MemoryAccount } from './memory-budget.ts';
import type { Payload, SignalMessage } from './message.ts';
import type { Millis } from './time.ts';
import type { Token } from './token.ts';
import type { PatternMap, TopicName, RequestedTopics } from './topic.ts';
import { textBytes } from './memory-sizes.ts';

/** What is legal in each state of one connection. The diagram in ARCHITECTURE.md is its print. */
export const SESSION_TRANSITIONS = {
  connecting: { registered: 'open', refused: 'closing', superseded: 'closing', ended: 'closing', lost: 'closed' },
  open: { left: 'closing', superseded: 'closing', ended: 'closing', lost: 'closed' },
  closing: { lost: 'closed' },
  closed: {},
} as const;

export type SessionState = keyof typeof SESSION_TRANSITIONS;
export type SessionEvent = 'registered' | 'refused' | 'left' | 'superseded' | 'ended' | 'lost';

/** What brings a connection: `socket` goes both ways, `stream` only tells. */
export type Carrier = 'socket' | 'stream';

/**
 * L1, X7, MER9: what shows that a connection lives. `speaks`: its far end says something now and then.
 * `answers`: it does so when it is asked. `reads`: it takes what it is told.
 */
export type Liveness = 'sends' | 'answers' | 'reads';

/** How all connections of one dialect and carrier are. */
export interface SessionTraits {
  readonly carrier: Carrier;
  readonly liveness: Liveness;
  /** T2: whose publications they hear. */
  readonly space: string;
  /** T6: whether these are kept for those who come back. */
  readonly keepsHistory: boolean;
}

/** The part of a realm that a session depends on. `Realm` implements it; the rules of the realm stay out of reach from here. */
export interface SessionRealm {
  readonly key: RealmKey;
  readonly node: NodeId;
  readonly limits: RateLimits;
  readonly liveness: { idleTimeOf(session: Session, now: Millis): Millis };
}

/** The topics and patterns of one connection. */
export interface SessionSubscriptions {
  readonly topics: Set<TopicName>;
  /** By key. Replaced by a new map on each change, because a publication on its way uses the map of its time. */
  patterns: PatternMap;
  /** B1: what all of it takes. */
  bytes: number;
}

/** What a connection asked to become. */
export interface SessionRequest<R extends SessionRealm = SessionRealm> {
  readonly connection: ConnectionId;
  readonly realm: R;
  readonly id: PeerId;
  readonly token: Token;
  readonly traits: SessionTraits;
  /** What it comes for, where it comes for topics. */
  readonly requestedTopics?: RequestedTopics | undefined;
  /** B1: where is counted what the session keeps. */
  readonly memory?: MemoryAccount | undefined;
}

const NO_MESSAGES: readonly SignalMessage[] = [];

/** One connection that asked to be a peer, from its request to its close. `R`: its realm, with or without the rules. */
export class Session<R extends SessionRealm = SessionRealm> {
  readonly connection: ConnectionId;
  readonly realm: R;
  readonly id: PeerId;
  readonly token: Token;
  /** Kept by `Allowances`: it is older than the session where its peer was here before. */
  rateLimiter: RateLimiter;
  readonly traits: SessionTraits;
  readonly requestedTopics: RequestedTopics | undefined;
  readonly memory: MemoryAccount | undefined;
  state: SessionState = 'connecting';

  /** Kept by `Board` alone: what it listens to, where it listens at all. */
  subscriptions: SessionSubscriptions | undefined = undefined;
  /** T8. */
  will: Payload | undefined = undefined;

  /** Kept by `Realm` alone: O11: its mailbox is on its way; and whether something came to wait there meanwhile. */
  isFetchingMailbox = false;
  mustFetchAgain = false;
  /** What was collected for a connection that it has replaced since. */
  inherited: readonly SignalMessage[] = NO_MESSAGES;
  /** Kept by `Realm` alone: it ends when it has been told what it is collecting. */
  isDraining = false;

  /** Kept by `Vigil` alone: when its last message came, in the time that the process ran (L6). */
  lastMessageAt: Millis;
  /** Kept by `Silence` alone. */
  lastReceivedAt: Millis;
  isPinged = false;
  idleLonger: Session | undefined = undefined;
  idleShorter: Session | undefined = undefined;

  constructor(opening: SessionRequest<R>, now: Millis) {
    this.connection = opening.connection;
    this.realm = opening.realm;
    this.id = opening.id;
    this.token = opening.token;
    this.rateLimiter = new RateLimiter(opening.realm.limits, now);
    this.traits = opening.traits;
    this.requestedTopics = opening.requestedTopics;
    this.lastMessageAt = now;
    this.memory = opening.memory;
    this.memory?.set('credentials', extraCredentialBytes(opening));
    this.lastReceivedAt = now;
  }

  /** @throws Bug where the table knows no such step. */
  transition(event: SessionEvent): void {
    const next = (SESSION_TRANSITIONS[this.state] as Partial<Record<SessionEvent, SessionState>>)[event];
    invariant(next !== undefined, `a session that is ${this.state} can be ${event}`);
    this.state = next;
  }
}

/** Every connection may have an id and a token of usual length; they are part of what a connection takes by itself. */
const INCLUDED_CREDENTIAL_BYTES = 256;

function extraCredentialBytes({ id, token }: Pick<SessionRequest, 'id' | 'token'>): number {
  return Math.max(0, textBytes(id) + textBytes(token.reveal()) - INCLUDED_CREDENTIAL_BYTES);
}
