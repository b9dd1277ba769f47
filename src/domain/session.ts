import type { ConnectionId, PeerId } from './ids.ts';
import { Allowance } from './allowance.ts';
import { invariant } from './invariant.ts';
import type { Realm } from './realm.ts';
import type { Millis } from './time.ts';
import type { Token } from './token.ts';

/** What is legal in each state of one connection. The diagram in ARCHITECTURE.md is its print. */
export const SESSION_RULES = {
  connecting: { registered: 'open', refused: 'closing', superseded: 'closing', ended: 'closing', lost: 'closed' },
  open: { left: 'closing', superseded: 'closing', ended: 'closing', lost: 'closed' },
  closing: { lost: 'closed' },
  closed: {},
} as const;

export type SessionState = keyof typeof SESSION_RULES;
export type SessionEvent = 'registered' | 'refused' | 'left' | 'superseded' | 'ended' | 'lost';

/** What a connection asked to become. */
export interface Opening {
  readonly connection: ConnectionId;
  readonly realm: Realm;
  readonly id: PeerId;
  readonly token: Token;
}

/** One connection that asked to be a peer: from its first word to its close. */
export class Session {
  readonly connection: ConnectionId;
  readonly realm: Realm;
  readonly id: PeerId;
  readonly token: Token;
  readonly allowance: Allowance;
  state: SessionState = 'connecting';

  /** Kept by `Silence` alone. */
  heardAt: Millis;
  quieter: Session | undefined = undefined;
  louder: Session | undefined = undefined;

  constructor(opening: Opening, now: Millis) {
    this.connection = opening.connection;
    this.realm = opening.realm;
    this.id = opening.id;
    this.token = opening.token;
    this.allowance = new Allowance(opening.realm.limits, now);
    this.heardAt = now;
  }

  /** @throws Bug where the table knows no such step. */
  take(event: SessionEvent): void {
    const next = (SESSION_RULES[this.state] as Partial<Record<SessionEvent, SessionState>>)[event];
    invariant(next !== undefined, `a session that is ${this.state} can be ${event}`);
    this.state = next;
  }
}
