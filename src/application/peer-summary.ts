import { NEVER, type Millis } from '../domain/time.ts';
import type { Connection } from './connection.ts';
import type { HeldMessages } from './ports/mailbox-store.ts';
import type { PeerDetails, PeerSummary } from './ports/operations.ts';
import type { ScannedSession } from './connection-scan.ts';

type Found = Pick<ScannedSession, 'id' | 'session'> & {
  readonly connection: Omit<Connection, 'socket'>;
};

/** ADM2: the entry of a peer in a list. */
export function summaryOf({ id: connectionId, connection, session }: Found, now: Millis): PeerSummary {
  const { realm, id, state, traits } = session;
  return {
    ...{ node: realm.node, connection: connectionId, realm: realm.key, id, state, carrier: traits.carrier },
    kind: session.isClaimed ? 'peer' : 'guest',
    ...{ dialect: connection.dialect.name, address: connection.address },
    ...{ openFor: now - connection.openedAt, idleFor: realm.liveness.idleTimeOf(session, now) },
  };
}

/** ADM2: everything that the broker knows of a peer. */
export function detailsOf(found: Found, waiting: HeldMessages | undefined, now: Millis): PeerDetails {
  const { connection, session } = found;
  const { framesIn, bytesIn, framesOut, bytesOut, pausedUntil } = connection;
  const { subscriptions, grant, expiresAt } = session;
  return {
    ...summaryOf(found, now),
    ...{ framesIn, bytesIn, framesOut, bytesOut, waiting, isPaused: pausedUntil > now },
    topics: (subscriptions?.topics.size ?? 0) + (subscriptions?.patterns.size ?? 0) + (subscriptions?.groups?.size ?? 0),
    ...{ subject: grant.subject, tokenId: grant.tokenId, expiresIn: expiresAt === NEVER ? undefined : expiresAt - now },
  };
}
