import type { AuthFailures } from '../../domain/auth-failures.ts';
import { OPEN_GRANT, refusalFor, type Grant } from '../../domain/grant.ts';
import type { RealmSession } from '../../domain/realm.ts';
import type { AccessRefusal } from '../../domain/refusal.ts';
import type { Millis } from '../../domain/time.ts';
import { Token } from '../../domain/token.ts';
import type { BackendAccess } from '../backend-access.ts';
import type { Connections } from '../connections.ts';
import type { Performer } from '../performer.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { FrameRequest } from '../ports/requests.ts';
import { NO_HEADERS } from '../request-headers.ts';
import type { TopicAccess } from '../ports/topic-access.ts';
import type { Sweeper } from '../sweeper.ts';
import { verifyTopicToken } from '../topic-token.ts';
import type { Turns } from '../turns.ts';

/** Replaces the token of an open peer. Must be called within a turn. */
export type RefreshToken = (
  session: RealmSession,
  request: Extract<FrameRequest, { action: 'refresh-token' }>,
  now: Millis,
) => void;

export interface RefreshTokenParts {
  readonly authorizer: Authorizer;
  /** A9. */
  readonly backend: BackendAccess;
  readonly topicAccess: TopicAccess;
  readonly authFailures: AuthFailures;
  readonly connections: Connections;
  readonly performer: Performer;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly sweeper: Sweeper;
  readonly log: Log;
}

const OTHER_OWNER: AccessRefusal = { reason: 'not-admitted', message: 'This token is for another user' };
const IN_PROGRESS: AccessRefusal = { reason: 'not-admitted', message: 'Another token is being verified' };
const TOO_MANY_FAILURES: AccessRefusal = {
  reason: 'not-admitted',
  message: 'Too many failed authentications from this address',
};

/**
 * A7: asks the authorizer about the fresh token, as A2 for a client that connects. A refused token changes nothing. One token of
 * a session is verified at a time, so that a client can not occupy the authorizer, and the answers keep the order of the tokens.
 */
export function refreshToken(parts: RefreshTokenParts): RefreshToken {
  const { authorizer, authFailures, connections, performer, turns, clock } = parts;
  const verifying = new WeakSet<RealmSession>();

  return (session, { token }, now) => {
    const { realm, grant, requestedTopics } = session;
    const hasTopicToken = requestedTopics?.permissions !== undefined;
    if (grant === OPEN_GRANT && !hasTopicToken) return performer.perform(realm, { do: 'ignore', why: 'not-relayed' }, now);
    const { address = '' } = connections.find(session.connection) ?? {};
    if (verifying.has(session)) return refuse(parts, session, IN_PROGRESS);
    if (authFailures.waitFor(address, now) > 0) return refuse(parts, session, TOO_MANY_FAILURES);
    if (!token) return refuse(parts, session, { reason: 'token-missing' });
    if (hasTopicToken) return renewTopicRights(parts, ask, session, token);
    ask(authorizer, session, token, (granted) => {
      const fresh = new Token(token, granted.owner);
      const refusal = session.isClaimed ? refusalOf(session, granted, fresh) : refusalOfGuest(session, granted);
      if (refusal !== undefined) return refuse(parts, session, refusal);
      session.authorize(granted, clock.now(), session.isClaimed ? fresh : session.token);
      accept(parts, session);
    });
  };

  function ask(asked: Authorizer, session: RealmSession, token: string, then: (granted: Grant) => void): void {
    const { realm, id, connection } = session;
    const { dialect, address = '', origin, headers = NO_HEADERS } = connections.find(connection) ?? {};
    verifying.add(session);
    asked.authorize({ dialect: dialect?.name ?? '', realm: realm.key, id, token, address, origin, headers }, (outcome) =>
      turns.run(() => {
        verifying.delete(session);
        if (session.state !== 'open') return;
        if (outcome.ok) then(outcome.value);
        else refuse(parts, session, outcome.refusal);
      }),
    );
  }
}

/** Calls `then` in a turn with the grant, unless access is refused or the session has ended meanwhile. */
type Ask = (asked: Authorizer, session: RealmSession, token: string, then: (granted: Grant) => void) => void;

/** MER7: the token is one of the topics of Mercure. A9: the backend decides about other tokens. */
function renewTopicRights(parts: RefreshTokenParts, ask: Ask, session: RealmSession, token: string): void {
  const { backend, connections, clock } = parts;
  const verified = verifyTopicToken(parts, token, connections.find(session.connection)?.address ?? '');
  if (!verified.ok) return refuse(parts, session, verified.refusal);
  const { clearance, expiresAt, backendCheck, ...permissions } = verified.value;
  const renew = (granted: Grant): void => {
    session.renewTopicRights({ clearance, expiresAt, permissions }, granted, clock.now());
    accept(parts, session);
  };
  const asked = backend.authorizerFor(backendCheck);
  if (asked === undefined) return renew(OPEN_GRANT);
  ask(asked, session, token, (granted) => {
    const refusal = refusalOfGuest(session, granted);
    if (refusal === undefined) renew(granted);
    else refuse(parts, session, refusal);
  });
}

function accept({ connections, sweeper, clock }: RefreshTokenParts, session: RealmSession): void {
  session.realm.liveness.expiryChanged(session);
  sweeper.schedule(session.realm.nextDeadline());
  connections.sendTokenNotice(session.connection, { notice: 'accepted', in: session.expiresAt - clock.now() });
}

function refuse({ connections, log }: RefreshTokenParts, session: RealmSession, refusal: AccessRefusal): void {
  const { connection } = session;
  log.record({ event: 'token-refused', session, refusal, address: connections.find(connection)?.address ?? '' });
  connections.sendTokenNotice(connection, { notice: 'refused', refusal });
}

/** A3, A4: the fresh token must have the same owner, and include the realm and the id of the session. */
function refusalOf({ realm, id, token }: RealmSession, grant: Grant, fresh: Token): AccessRefusal | undefined {
  return token.matches(fresh) ? refusalFor(grant, realm.key, id) : OTHER_OWNER;
}

/** T9: a guest has no id of its own. A grant of another user is refused all the same. */
function refusalOfGuest({ realm, grant }: RealmSession, fresh: Grant): AccessRefusal | undefined {
  return grant.owner === fresh.owner ? refusalFor(fresh, realm.key, undefined) : OTHER_OWNER;
}
