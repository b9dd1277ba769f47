import { parsePeerId, type ConnectionId } from '../../domain/ids.ts';
import type { Realms } from '../../domain/realms.ts';
import type { OpenRefusal } from '../../domain/refusal.ts';
import { accepted, refused, type Result } from '../../domain/result.ts';
import type { Realm, RealmSession } from '../../domain/realm.ts';
import { Session, type SessionTraits, type SessionRequest } from '../../domain/session.ts';
import type { Millis } from '../../domain/time.ts';
import { Token } from '../../domain/token.ts';
import type { Connections } from '../connections.ts';
import type { Performer } from '../performer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ClaimOutcome, Holder, PeerDirectory } from '../ports/peer-directory.ts';
import type { PeerIds } from '../ports/peer-ids.ts';
import type { Credentials, ConnectRequest } from '../ports/requests.ts';
import type { Sweeper } from '../sweeper.ts';
import type { Turns } from '../turns.ts';
import { generatePeerId } from '../generate-peer-id.ts';
import { limitOf } from '../hit-limits.ts';
import type { AdmitGuest } from './admit-guest.ts';
import type { Reconnect } from './reconnect.ts';

/** A connection says who it wants to be, or what it comes for. To be called within a turn. */
export type RegisterPeer = (connection: ConnectionId, introduction: ConnectRequest, manner: SessionTraits) => void;

export interface RegisterPeerParts {
  readonly realms: Realms;
  readonly connections: Connections;
  readonly directory: PeerDirectory;
  readonly performer: Performer;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly sweeper: Sweeper;
  readonly log: Log;
  readonly peerIds: PeerIds;
  readonly reconnect: Reconnect;
  readonly admitGuest: AdmitGuest;
}

// The client waits for five seconds.
const BYSTANDER_PATIENCE: Millis = 30_000;

/** O1 to O7: reads the credentials, claims the id, and seats the peer once it is granted. T9: or lets a guest in. */
export function registerPeer(parts: RegisterPeerParts): RegisterPeer {
  const { realms, connections, directory, performer, turns, clock, sweeper, log, peerIds, reconnect, admitGuest } = parts;

  return (connection, introduction, traits) => {
    const asked = introduction.as === 'peer' ? parseOpening(realms, introduction) : invent(realms, peerIds, introduction);
    if (!asked.ok) return turnAway(connection, introduction, asked.refusal);
    if (traits.carrier === 'stream' && isOnSocket(asked.value)) return standBy(connection);

    const now = clock.now();
    const found = connections.find(connection);
    const session = new Session({ connection, traits, memory: found?.memory, ...asked.value }, now);
    if (found !== undefined) found.session = session;
    session.realm.connecting(session, now);
    sweeper.scheduleBy(session.realm.nextDeadline());
    if (introduction.as === 'guest') return admitGuest(session);
    directory.claim(session, (outcome, before) => turns.run(() => settle(session, outcome, before)));
  };

  /** X5: its client goes away by itself; who does not is sent away. */
  function standBy(connection: ConnectionId): void {
    clock.wakeAt(clock.now() + BYSTANDER_PATIENCE, () =>
      connections.close(connection, (dialect) => dialect.closeFrame('superseded')),
    );
  }

  function settle(session: RealmSession, outcome: ClaimOutcome, before: Holder | undefined): void {
    const { realm } = session;
    const now = clock.now();
    if (session.state !== 'connecting') return goneMeanwhile(session, before, now);
    if (outcome !== 'granted') {
      return performer.perform(realm, realm.refuse(session, outcome === 'taken' ? 'id-taken' : 'realm-full'), now);
    }
    if (realm.has(session.id)) return reconnect(session);
    performer.perform(realm, realm.admit(session), now);
  }

  /** O5: whom it has taken the id from is over all the same, as if it had stayed. */
  function goneMeanwhile(session: RealmSession, before: Holder | undefined, now: Millis): void {
    const { realm } = session;
    const old = before?.node === realm.node ? realm.superseded(session.id, before.connection) : undefined;
    if (old !== undefined) performer.perform(realm, old, now);
    performer.perform(realm, { do: 'release', session }, now);
  }

  function turnAway(connection: ConnectionId, { key }: ConnectRequest, refusal: OpenRefusal): void {
    const { address = '', origin } = connections.find(connection) ?? {};
    const realm = key === undefined ? undefined : realms.find(key);
    const limit = limitOf(refusal, realm?.limits);
    const asked = { connection, realm: realm?.key, id: undefined, key, address, origin };
    log.record({ event: 'connection-refused', ...asked, refusal, limit });
    connections.close(connection, (dialect) => dialect.refusal(refusal));
  }
}

type Asked = Omit<SessionRequest<Realm>, 'connection' | 'traits'>;

/** X5: a stream that comes while a socket speaks for its peer changes nothing, and its end nothing either. */
function isOnSocket({ realm, id, token }: Asked): boolean {
  return realm.sessionOf(id, token)?.traits.carrier === 'socket';
}

/** O1, O2, O7. */
function parseOpening(realms: Realms, { key, id, token }: Credentials): Result<Asked, OpenRefusal> {
  if (!key || !id || !token) return refused({ reason: 'credentials-missing' });
  const realm = realms.find(key);
  if (realm === undefined) return refused({ reason: 'key-unknown' });
  const peerId = parsePeerId(id, realm.limits.idLength);
  if (!peerId.ok) return peerId;
  return accepted({ realm, id: peerId.value, token: new Token(token) });
}

/** T9, PEO1: an id that nobody has, and a token that nobody knows. */
function invent(
  realms: Realms,
  peerIds: PeerIds,
  introduction: Exclude<ConnectRequest, Credentials>,
): Result<Asked, OpenRefusal> {
  const realm = introduction.key === undefined ? realms.first : realms.find(introduction.key);
  if (realm === undefined) return refused({ reason: 'key-unknown' });
  const peerId = parsePeerId(generatePeerId(realm, peerIds), Number.POSITIVE_INFINITY);
  if (!peerId.ok) return peerId;
  return accepted({ realm, id: peerId.value, token: new Token(peerIds.generate()), requestedTopics: introduction });
}
