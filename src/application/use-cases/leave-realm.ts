import type { Payload } from '../../domain/message.ts';
import type { RealmSession } from '../../domain/realm.ts';
import type { ReusedBytes } from '../../domain/reused-bytes.ts';
import type { Performer } from '../performer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log, TrafficSummary } from '../ports/log.ts';
import type { FrameRequest } from '../ports/requests.ts';
import type { Socket } from '../ports/socket.ts';
import type { ConnectionEnd } from '../ports/transport.ts';
import type { PublishToTopic } from './publish-to-topic.ts';
import type { TrackPresence } from './track-presence.ts';

/** Ends the session of a peer: by request, or because its connection has ended. Must be called within a turn. */
export interface LeaveRealm {
  /** M7: the peer requested it. */
  readonly byRequest: (session: RealmSession, request: Pick<Extract<FrameRequest, { action: 'leave' }>, 'keepsWill'>) => void;
  /** L2, L4: the connection has ended. Of a session that was closed before, nothing is left to release. */
  readonly byDisconnect: (
    session: RealmSession,
    end: ConnectionEnd,
    traffic: TrafficSummary,
    /** M23: the will counts against the turn, as a frame of its size. */
    socket?: Pick<Socket, 'spend'>,
  ) => void;
}

export interface LeaveRealmParts {
  /** T18. */
  readonly publishWill: PublishToTopic['fromWill'];
  /** T19. */
  readonly presence: Pick<TrackPresence, 'ended'>;
  readonly performer: Performer;
  readonly clock: Clock;
  readonly log: Log;
  /** T8: of the wills. */
  readonly willMemory: ReusedBytes;
}

/** M23: bytes of a will for each unit of `Socket.spend`, as of other frames. */
const BYTES_PER_UNIT = 256;

/** T8, T18: a will is encoded and copied when its connection ends, once for each topic. */
function spendOn(socket: Pick<Socket, 'spend'> | undefined, { will, willDraft, subscriptions }: RealmSession): void {
  const bytes = (will?.length ?? 0) * (subscriptions?.topics.size ?? 0) + (willDraft?.payload.length ?? 0);
  if (bytes >= BYTES_PER_UNIT) socket?.spend?.(bytes / BYTES_PER_UNIT);
}

export function leaveRealm({ performer, clock, log, publishWill, presence, willMemory }: LeaveRealmParts): LeaveRealm {
  const release = (will: Payload | undefined): void => {
    if (will !== undefined) willMemory.release(will);
  };

  return {
    byRequest: (session, { keepsWill }) => {
      const { realm, will, willDraft } = session;
      performer.perform(realm, realm.leave(session), clock.now());
      if (keepsWill === true) session.willDraft = willDraft;
      if (session.will === undefined) release(will);
    },

    byDisconnect: (session, end, traffic, socket) => {
      const wasOpen = session.state === 'open';
      spendOn(socket, session);
      const decisions = [session.realm.lost(session)];
      session.realm.leaveTopics(session, decisions);
      performer.performAll(session.realm, decisions, clock.now());
      publishWill(session, clock.now(), socket);
      presence.ended(session);
      release(session.will);
      if (session.will !== undefined) session.will = undefined;
      if (wasOpen) log.record({ event: 'peer-closed', session, ending: end.fault ?? 'lost', end, passage: traffic });
    },
  };
}
