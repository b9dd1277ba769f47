import { parsePeerId, type ConnectionId } from '../../domain/ids.ts';
import type { Realms } from '../../domain/realms.ts';
import type { OpenRefusal } from '../../domain/refusal.ts';
import { accepted, refused, type Result } from '../../domain/result.ts';
import { Session, type Opening } from '../../domain/session.ts';
import { Token } from '../../domain/token.ts';
import type { Connections } from '../connections.ts';
import type { Performer } from '../perform.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ClaimOutcome, PeerDirectory } from '../ports/peer-directory.ts';
import type { Credentials } from '../ports/requests.ts';
import type { Sweeper } from '../sweeper.ts';
import type { Turns } from '../turns.ts';
import type { Reconnect } from './reconnect.ts';

/** A connection says who it wants to be. To be called within a turn. */
export type RegisterPeer = (connection: ConnectionId, credentials: Credentials) => void;

export interface RegisterPeerParts {
  readonly realms: Realms;
  readonly connections: Connections;
  readonly directory: PeerDirectory;
  readonly performer: Performer;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly sweeper: Sweeper;
  readonly log: Log;
  readonly reconnect: Reconnect;
}

/** O1 to O7: reads the credentials, claims the id, and seats the peer once the directory has granted it. */
export function registerPeer(parts: RegisterPeerParts): RegisterPeer {
  const { realms, connections, directory, performer, turns, clock, sweeper, log, reconnect } = parts;

  return (connection, credentials) => {
    const opening = parseOpening(realms, connection, credentials);
    if (!opening.ok) return turnAway(connection, credentials, opening.refusal);

    const now = clock.now();
    const session = new Session(opening.value, now);
    const found = connections.find(connection);
    if (found !== undefined) found.session = session;
    session.realm.arrive(session, now);
    sweeper.expect(session.realm.nextDeadline());
    directory.claim(session, (outcome) => turns.run(() => settle(session, outcome)));
  };

  function settle(session: Session, outcome: ClaimOutcome): void {
    const { realm } = session;
    const now = clock.now();
    if (session.state !== 'connecting') return performer.perform(realm, { do: 'release', session }, now);
    if (outcome === 'taken') return performer.perform(realm, realm.refuse(session, 'id-taken'), now);
    if (realm.has(session.id)) return reconnect(session);
    performer.perform(realm, realm.admit(session), now);
  }

  function turnAway(connection: ConnectionId, credentials: Credentials, refusal: OpenRefusal): void {
    const address = connections.find(connection)?.address ?? '';
    const realm = credentials.key === undefined ? undefined : realms.find(credentials.key)?.key;
    log.record({ event: 'connection-refused', connection, realm, id: undefined, refusal, address });
    connections.part(connection, (dialect) => dialect.refusal(refusal));
  }
}

/** O1, O2, O7. */
function parseOpening(realms: Realms, connection: ConnectionId, { key, id, token }: Credentials): Result<Opening, OpenRefusal> {
  if (!key || !id || !token) return refused({ reason: 'credentials-missing' });
  const realm = realms.find(key);
  if (realm === undefined) return refused({ reason: 'key-unknown' });
  const peerId = parsePeerId(id, realm.limits.idLength);
  if (!peerId.ok) return peerId;
  return accepted({ connection, realm, id: peerId.value, token: new Token(token) });
}
