import { maySubscribe, refusalFor, type Grant } from '../domain/grant.ts';
import type { RealmSession } from '../domain/realm.ts';
import type { AccessRefusal } from '../domain/refusal.ts';
import type { Millis } from '../domain/time.ts';
import type { Connections } from './connections.ts';
import type { Performer } from './performer.ts';
import type { AccessOutcome, Authorizer } from './ports/authorizer.ts';
import type { Clock } from './ports/clock.ts';
import type { RegistrationRequest } from './ports/requests.ts';
import { NO_HEADERS, tokenOf } from './request-headers.ts';
import type { Sweeper } from './sweeper.ts';
import type { Turns } from './turns.ts';

/**
 * Asks the authorizer about a connecting session. Calls `then` in a turn, unless access is refused or the connection has ended
 * meanwhile.
 */
export type RequestAccess = (session: RealmSession, request: RegistrationRequest, then: () => void) => void;

export interface RequestAccessParts {
  readonly authorizer: Authorizer;
  readonly connections: Connections;
  readonly performer: Performer;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly sweeper: Sweeper;
}

/** A2 to A6. */
export function requestAccess(parts: RequestAccessParts): RequestAccess {
  const { authorizer, connections, performer, turns, clock, sweeper } = parts;

  return (session, request, then) => {
    const { dialect, address = '', origin, headers = NO_HEADERS } = connections.find(session.connection) ?? {};
    const id = request.as === 'peer' ? request.id : undefined;
    const check = request.as === 'guest' ? request.backendCheck : undefined;
    const token = check === undefined ? tokenOf(headers, request.token) : check.token;
    const asked = { dialect: dialect?.name ?? '', realm: session.realm.key, id, token, address, origin, headers };
    const known = request.as === 'peer' ? authorizer.decideNow?.(asked) : undefined;
    if (known !== undefined) return answered(session, request, known, then);
    authorizer.authorize(asked, (outcome) => turns.run(() => answered(session, request, outcome, then)));
  };

  function answered(session: RealmSession, request: RegistrationRequest, outcome: AccessOutcome, then: () => void): void {
    const { realm } = session;
    if (session.state !== 'connecting') return;
    const now = clock.now();
    const refusal = outcome.ok ? refusalOf(outcome.value, session, request) : outcome.refusal;
    if (refusal !== undefined) return performer.perform(realm, realm.refuse(session, refusal), now);
    if (outcome.ok && outcome.value !== session.grant) apply(session, outcome.value, now);
    then();
  }

  function apply(session: RealmSession, grant: Grant, now: Millis): void {
    session.authorize(grant, now);
    session.realm.liveness.expiryChanged(session);
    sweeper.schedule(session.realm.nextDeadline());
  }
}

/** A3: the grant must include the realm, the id, and the topics of the connect request. */
function refusalOf(grant: Grant, { realm, id }: RealmSession, request: RegistrationRequest): AccessRefusal | undefined {
  if (request.as === 'peer') return refusalFor(grant, realm.key, id);
  if (!maySubscribe(grant, request.selectors)) return TOPIC_NOT_GRANTED;
  return refusalFor(grant, realm.key, undefined);
}

const TOPIC_NOT_GRANTED: AccessRefusal = { reason: 'not-admitted', message: 'This token is not for this topic' };
