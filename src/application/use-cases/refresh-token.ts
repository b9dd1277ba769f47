import type { AuthFailures } from '../../domain/auth-failures.ts';
import { OPEN_GRANT, refusalFor, type Grant } from '../../domain/grant.ts';
import type { RealmSession } from '../../domain/realm.ts';
import type { AccessRefusal } from '../../domain/refusal.ts';
import type { Millis } from '../../domain/time.ts';
import { Token } from '../../domain/token.ts';
import type { Connections } from '../connections.ts';
import type { Performer } from '../performer.ts';
import type { AccessOutcome, Authorizer } from '../ports/authorizer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { FrameRequest } from '../ports/requests.ts';
import { NO_HEADERS } from '../request-headers.ts';
import type { Sweeper } from '../sweeper.ts';
import type { Turns } from '../turns.ts';

/** Replaces the token of an open peer. Must be called within a turn. */
export type RefreshToken = (
  session: RealmSession,
  request: Extract<FrameRequest, { action: 'refresh-token' }>,
  now: Millis,
) => void;

export interface RefreshTokenParts {
  readonly authorizer: Authorizer;
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
  const { authorizer, authFailures, connections, performer, turns, clock, sweeper, log } = parts;
  const verifying = new WeakSet<RealmSession>();

  return (session, { token }, now) => {
    const { realm, id, grant } = session;
    if (grant === OPEN_GRANT) return performer.perform(realm, { do: 'ignore', why: 'not-relayed' }, now);
    const { dialect, address = '', origin, headers = NO_HEADERS } = connections.find(session.connection) ?? {};
    if (verifying.has(session)) return refuse(session, IN_PROGRESS);
    if (authFailures.waitFor(address, now) > 0) return refuse(session, TOO_MANY_FAILURES);
    if (!token) return refuse(session, { reason: 'token-missing' });
    verifying.add(session);
    authorizer.authorize({ dialect: dialect?.name ?? '', realm: realm.key, id, token, address, origin, headers }, (outcome) =>
      turns.run(() => {
        verifying.delete(session);
        if (session.state === 'open') answered(session, token, outcome);
      }),
    );
  };

  function answered(session: RealmSession, token: string, outcome: AccessOutcome): void {
    if (!outcome.ok) return refuse(session, outcome.refusal);
    const grant = outcome.value;
    const fresh = new Token(token, grant.owner);
    const refusal = refusalOf(session, grant, fresh);
    if (refusal !== undefined) return refuse(session, refusal);
    const now = clock.now();
    session.authorize(grant, now, fresh);
    session.realm.liveness.expiryChanged(session);
    sweeper.schedule(session.realm.nextDeadline());
    connections.sendTokenNotice(session.connection, { notice: 'accepted', in: session.expiresAt - now });
  }

  function refuse(session: RealmSession, refusal: AccessRefusal): void {
    const { connection } = session;
    log.record({ event: 'token-refused', session, refusal, address: connections.find(connection)?.address ?? '' });
    connections.sendTokenNotice(connection, { notice: 'refused', refusal });
  }
}

/** A3, A4: the fresh token must have the same owner, and include the realm and the id of the session. */
function refusalOf({ realm, id, token }: RealmSession, grant: Grant, fresh: Token): AccessRefusal | undefined {
  return token.matches(fresh) ? refusalFor(grant, realm.key, id) : OTHER_OWNER;
}
