import type { AuthFailures } from '../../domain/auth-failures.ts';
import type { BanTable } from '../../domain/bans.ts';
import { parsePeerId, type ConnectionId } from '../../domain/ids.ts';
import type { Realms } from '../../domain/realms.ts';
import type { OpenRefusal } from '../../domain/refusal.ts';
import { accepted, refused, type Result } from '../../domain/result.ts';
import type { Realm, RealmSession } from '../../domain/realm.ts';
import { Session, type SessionTraits, type SessionRequest } from '../../domain/session.ts';
import type { Millis } from '../../domain/time.ts';
import { Token } from '../../domain/token.ts';
import type { BackendAccess } from '../backend-access.ts';
import type { Connections } from '../connections.ts';
import type { Performer } from '../performer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ClaimOutcome, Holder, PeerDirectory } from '../ports/peer-directory.ts';
import type { PeerIds } from '../ports/peer-ids.ts';
import type { Credentials, RegistrationRequest } from '../ports/requests.ts';
import type { TopicAccess } from '../ports/topic-access.ts';
import type { Sweeper } from '../sweeper.ts';
import type { Turns } from '../turns.ts';
import { generatePeerId } from '../generate-peer-id.ts';
import { limitOf } from '../hit-limits.ts';
import type { IcePush } from '../ice-push.ts';
import type { RequestAccess } from '../request-access.ts';
import { withTopicRights } from '../topic-token.ts';
import type { AdmitGuest } from './admit-guest.ts';
import type { Reconnect } from './reconnect.ts';

/** Registers a connection as a peer or a guest. Must be called within a turn. */
export type RegisterPeer = (connection: ConnectionId, request: RegistrationRequest, traits: SessionTraits) => void;

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
  readonly requestAccess: RequestAccess;
  /** A9. */
  readonly requestBackendAccess: RequestAccess;
  readonly backend: BackendAccess;
  readonly reconnect: Reconnect;
  readonly admitGuest: AdmitGuest;
  readonly icePush: Pick<IcePush, 'beforeOpen'>;
  readonly bans: BanTable;
  readonly topicAccess: TopicAccess;
  readonly authFailures: AuthFailures;
}

type GuestRequest = Extract<RegistrationRequest, { as: 'guest' }>;

// The client itself waits for five seconds.
const UNUSED_STREAM_TIMEOUT: Millis = 30_000;

/** O15: how long the end of a connection may arrive after the handshake of the next one. */
const LATE_CLOSE: Millis = 100;

/**
 * O1 to O7, O15: validates the credentials, asks the authorizer (A2 to A6), claims the id, and registers the peer if the claim
 * is granted. T9: or admits a guest.
 */
export function registerPeer(parts: RegisterPeerParts): RegisterPeer {
  const { realms, connections, performer, clock, sweeper, peerIds, requestAccess, admitGuest, icePush, bans } = parts;
  const { requestBackendAccess, backend } = parts;
  const claim = claimId(parts);

  return (connection, asked, traits) => {
    const request = withTopicRights(parts, asked, connections.find(connection));
    if ('refused' in request) return refuse(parts, connection, asked, request.refused);
    const details = request.as === 'peer' ? validateCredentials(realms, request) : generateCredentials(realms, peerIds, request);
    if (!details.ok) return refuse(parts, connection, request, details.refusal);
    if (traits.carrier === 'stream' && hasSocket(details.value)) return leaveUnused(parts, connection);

    const now = clock.now();
    const found = connections.find(connection);
    const canRefresh = request.as === 'peer' && request.canRefresh === true;
    const clientId = request.as === 'guest' ? request.clientId : undefined;
    const { realm, id, token, requestedTopics } = details.value;
    const session = new Session(
      { connection, realm, id, token, traits, requestedTopics, memory: found?.memory, canRefresh, clientId },
      now,
    );
    if (found !== undefined) found.session = session;
    realm.connecting(session, now);
    const maxSilence = request.as === 'guest' ? request.maxSilence : undefined;
    if (maxSilence !== undefined) realm.liveness.limitSilence(session, maxSilence, now);
    sweeper.schedule(realm.nextDeadline());
    const { address = '' } = found ?? {};
    if (request.as === 'guest' && request.isAuthorized === true) return admitVerified(session, request, address, now);
    requestAccess(session, request, () => {
      if (request.as === 'guest') return admitGuest(session);
      icePush.beforeOpen(session, () => claim(session));
    });
  };

  /** MER7, SIO10: the dialect has verified the client. A9: the backend has decided about it, or decides now. */
  function admitVerified(session: RealmSession, request: GuestRequest, address: string, now: Millis): void {
    const { grant, backendCheck } = request;
    if (grant === undefined && backend.authorizerFor(backendCheck) === undefined) return admitUnlessBanned(session, address, now);
    if (grant === undefined) return requestBackendAccess(session, request, () => admitGuest(session));
    session.authorize(grant, now);
    session.realm.liveness.expiryChanged(session);
    sweeper.schedule(session.realm.nextDeadline());
    admitGuest(session);
  }

  /** ADM4: the authorizer is not asked about these guests, so the ban of their address is checked here. */
  function admitUnlessBanned(session: RealmSession, address: string, now: Millis): void {
    const { realm } = session;
    if (!bans.hasAddress(address, now)) admitGuest(session);
    else performer.perform(realm, realm.refuse(session, { reason: 'banned' }), now);
  }
}

/** O3 to O6, O15: claims the id of a session, and registers the peer if the claim is granted. */
function claimId(parts: RegisterPeerParts): (session: RealmSession) => void {
  const { connections, directory, performer, turns, clock, reconnect } = parts;
  return (session) => claim(session, firstClaimAnswered);

  function claim(session: RealmSession, then: typeof claimAnswered): void {
    session.isClaimed = true;
    session.realm.use.add();
    directory.claim(session, (outcome, previous, number) =>
      turns.run(() => {
        session.realm.use.remove();
        session.claimNumber = number;
        then(session, outcome, previous);
      }),
    );
  }

  /** O15: a taken id is claimed again if the end of its holder may still be on the way. */
  function firstClaimAnswered(session: RealmSession, outcome: ClaimOutcome, previous: Holder | undefined): void {
    if (outcome !== 'taken' || !hasUnusedHolder(session)) return claimAnswered(session, outcome, previous);
    clock.wakeAt(clock.now() + LATE_CLOSE, () => {
      if (session.state === 'connecting') turns.run(() => claim(session, claimAnswered));
    });
  }

  function hasUnusedHolder({ realm, id, connection }: RealmSession): boolean {
    const holder = realm.find(id);
    const held = holder && connections.find(holder.connection);
    return held?.framesIn === 0 && held.address === connections.find(connection)?.address;
  }

  function claimAnswered(session: RealmSession, outcome: ClaimOutcome, previous: Holder | undefined): void {
    const { realm } = session;
    const now = clock.now();
    if (session.state !== 'connecting') return endedMeanwhile(session, previous, now);
    if (outcome !== 'granted') {
      return performer.perform(realm, realm.refuse(session, { reason: outcome === 'taken' ? 'id-taken' : 'realm-full' }), now);
    }
    if (realm.has(session.id)) return reconnect(session);
    performer.perform(realm, realm.admit(session), now);
  }

  /** O5: the connection ended while its claim was pending. The previous holder of the id is superseded all the same. */
  function endedMeanwhile(session: RealmSession, previous: Holder | undefined, now: Millis): void {
    const { realm } = session;
    const old = previous?.node === realm.node ? realm.superseded(session.id, previous.connection) : undefined;
    if (old !== undefined) performer.perform(realm, old, now);
    performer.perform(realm, { do: 'release', session }, now);
  }
}

/** O1, O2, O7: rejects a connection that has no session yet. */
function refuse(
  { connections, realms, log }: RegisterPeerParts,
  connection: ConnectionId,
  { key }: RegistrationRequest,
  refusal: OpenRefusal,
): void {
  const { address = '', origin } = connections.find(connection) ?? {};
  const realm = key === undefined ? undefined : realms.find(key);
  const limit = limitOf(refusal, realm?.limits);
  const details = { connection, realm: realm?.key, id: undefined, key, address, origin };
  log.record({ event: 'connection-refused', ...details, refusal, limit });
  connections.refuse(connection, refusal);
}

/** X5: leaves the stream open and unused, because its client closes the stream soon. Otherwise closes it after a timeout. */
function leaveUnused({ clock, connections }: Pick<RegisterPeerParts, 'clock' | 'connections'>, connection: ConnectionId): void {
  clock.wakeAt(clock.now() + UNUSED_STREAM_TIMEOUT, () =>
    connections.close(connection, (dialect) => dialect.closeFrame('superseded')),
  );
}

/** The parts of a session that the credentials determine. */
export type ValidRequest = Omit<SessionRequest<Realm>, 'connection' | 'traits'>;

/** X5: a stream for a peer with an open socket does not replace that socket. */
function hasSocket({ realm, id, token }: ValidRequest): boolean {
  return realm.sessionOf(id, token.reveal())?.traits.carrier === 'socket';
}

/** O1, O2, O7. */
export function validateCredentials(realms: Realms, { key, id, token }: Credentials): Result<ValidRequest, OpenRefusal> {
  if (!key || !id || !token) return refused({ reason: 'credentials-missing' });
  const realm = realms.resolveForConnection(key);
  if (!realm.ok) return realm;
  const peerId = parsePeerId(id, realm.value.limits.idLength);
  if (!peerId.ok) return peerId;
  return accepted({ realm: realm.value, id: peerId.value, token: new Token(token) });
}

/** T9, PEO1: generates the id and the token. T16: the token of a guest with a client id is its own. */
function generateCredentials(
  realms: Realms,
  peerIds: PeerIds,
  request: Exclude<RegistrationRequest, Credentials>,
): Result<ValidRequest, OpenRefusal> {
  const realm = realms.resolveForConnection(request.key);
  if (!realm.ok) return realm;
  const peerId = parsePeerId(generatePeerId(realm.value, peerIds), Number.POSITIVE_INFINITY);
  if (!peerId.ok) return peerId;
  const hasClientId = request.as === 'guest' && request.clientId !== undefined;
  const token = new Token(hasClientId ? (request.token ?? '') : peerIds.generate());
  return accepted({ realm: realm.value, id: peerId.value, token, requestedTopics: request });
}
