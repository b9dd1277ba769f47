import type { Realms } from '../domain/realms.ts';
import { scanSessions, type ScannedSession } from './connection-scan.ts';
import type { Connections } from './connections.ts';
import type { Clock } from './ports/clock.ts';
import type { PeerTarget } from './ports/operations.ts';

export interface FindSessionParts {
  readonly realms: Realms;
  readonly connections: Connections;
  readonly clock: Clock;
}

/**
 * ADM2: finds the session of a peer by its id. The id of a guest is in no table, so all connections are searched for it.
 * @param answer receives undefined if there is none on this node.
 */
export function findSession(
  { realms, connections, clock }: FindSessionParts,
  { realm: key, id }: PeerTarget,
  answer: (found: Omit<ScannedSession, 'slot'> | undefined) => void,
): void {
  const realm = realms.find(key);
  if (realm === undefined) return answer(undefined);
  const session = realm.find(id);
  const connection = session && connections.find(session.connection);
  if (session !== undefined && connection !== undefined) return answer({ id: session.connection, connection, session });
  let guest: ScannedSession | undefined;
  scanSessions(
    { connections, clock },
    0,
    (found) => {
      if (found.session.realm === realm && found.session.id === id && isLive(found)) guest = found;
      return guest === undefined ? 'next' : 'stop';
    },
    () => answer(guest),
  );
}

function isLive({ session }: ScannedSession): boolean {
  return session.state === 'open' || session.state === 'connecting';
}
