import type { Decision } from '../../domain/decision.ts';
import { mayJoin, mayPublishFrom } from '../../domain/grant.ts';
import type { Member, MemberChange, Room } from '../../domain/member.ts';
import type { Presence } from '../../domain/presence.ts';
import type { RealmSession } from '../../domain/realm.ts';
import { refuseRequest } from '../../domain/request-refusals.ts';
import type { Millis } from '../../domain/time.ts';
import type { RequestRefusal, TopicName } from '../../domain/topic.ts';
import type { Connections } from '../connections.ts';
import { chargeFanOut } from '../fan-out-charge.ts';
import type { Performer } from '../performer.ts';
import type { PresenceSync } from '../presence-sync.ts';
import type { Clock } from '../ports/clock.ts';
import type { PeerIds } from '../ports/peer-ids.ts';
import type { FrameRequest, MemberDraft, PresenceRequest } from '../ports/requests.ts';
import type { Turns } from '../turns.ts';

type RequestOf<Action> = Extract<FrameRequest, { action: Action }>;

/** T19: the members of rooms. All functions but `ended` must be called within a turn. */
export interface TrackPresence {
  readonly track: (session: RealmSession, request: RequestOf<'track'>, now: Millis) => void;
  readonly untrack: (session: RealmSession, request: RequestOf<'untrack'>, now: Millis) => void;
  readonly list: (session: RealmSession, request: RequestOf<'list-members'>, now: Millis) => void;
  /** The client has subscribed to the topics of the rooms, and its receipt was sent. */
  readonly joined: (session: RealmSession, rooms: readonly Room[], wish: PresenceRequest, now: Millis) => void;
  /** The client has unsubscribed from a topic. */
  readonly left: (session: RealmSession, topic: string, now: Millis) => void;
  /** The connection has ended. M23: leaves its rooms in slices. */
  readonly ended: (session: RealmSession) => void;
}

export interface TrackPresenceParts {
  readonly connections: Connections;
  readonly performer: Performer;
  readonly peerIds: PeerIds;
  readonly clock: Clock;
  readonly turns: Turns;
  /** T20. */
  readonly presenceSync: Pick<PresenceSync, 'follow' | 'changed'>;
}

/** M23: notifications of ended clients in one turn. Each takes about 0.2 µs until its delivery, which is sliced too (T10). */
const NOTIFICATIONS_PER_TURN = 2_000;
const OVERLOAD_PAUSE: Millis = 20;

/** T11: a member in a list costs as much as so many receivers of a publication. */
const RECEIVERS_PER_MEMBER = 5;

/** T19: a client that may subscribe to a topic may see its members, and one that may publish may be one. */
export function trackPresence(parts: TrackPresenceParts): TrackPresence {
  const { performer } = parts;
  const { add, leave, change, sendList, follow } = changesOf(parts);
  const refuse = (session: RealmSession, receipt: number | undefined, refusal: RequestRefusal, now: Millis): void =>
    performer.performAll(session.realm, refuseRequest(session, receipt, refusal), now);
  const confirm = (session: RealmSession, receipt: number | undefined, now: Millis): void => {
    if (receipt === undefined) return;
    performer.perform(session.realm, { do: 'notify', to: [session.connection], event: { event: 'receipt', receipt } }, now);
  };
  return {
    track: (session, { room, member, receipt }, now) => {
      const refusal = refusalFor(session, room, member);
      if (refusal !== undefined) return refuse(session, receipt, refusal, now);
      confirm(session, receipt, now);
      add(session, room, member, now);
    },
    untrack: (session, { room, receipt }, now) => {
      confirm(session, receipt, now);
      change(session, room, now, (out) => presenceOf(session).untrack(session, room, out));
    },
    list: (session, { room, receipt }, now) => {
      if (!mayJoin(session, [{ topic: room.topic }])) return refuse(session, receipt, 'not-allowed', now);
      sendList(session, room, receipt);
    },
    joined: (session, rooms, { watches, member }, now) => {
      for (const room of rooms) {
        if (watches !== false) presenceOf(session).watch(session, room);
        if (watches === 'with-list') sendList(session, room, undefined);
        else if (watches !== false) follow(session, room);
        const isNew = member !== undefined && !presenceOf(session).isMember(session, room);
        if (isNew && refusalFor(session, room, member) === undefined) add(session, room, member, now);
      }
    },
    left: (session, topic, now) => {
      for (const isPrivate of [false, true]) leave(session, { topic, isPrivate }, now);
    },
    ended: departuresOf(parts, leave),
  };
}

/** Changes the members of a room. @returns the number of clients of this node that are notified. */
type Change = (session: RealmSession, room: Room, now: Millis, act: (out: Decision[]) => MemberChange) => number;
type Leave = (session: RealmSession, room: Room, now: Millis) => number;

interface Changes {
  readonly change: Change;
  readonly leave: Leave;
  readonly add: (session: RealmSession, room: Room, draft: MemberDraft, now: Millis) => void;
  /** @param receipt undefined for a new watcher. */
  readonly sendList: (session: RealmSession, room: Room, receipt: number | undefined) => void;
  /** T20. @param known called when the members at other nodes are known. */
  readonly follow: (session: RealmSession, room: Room, known?: () => void) => void;
}

function changesOf(parts: TrackPresenceParts): Changes {
  const { performer, peerIds, clock, presenceSync } = parts;
  const change: Change = (session, room, now, act) => {
    const decisions: Decision[] = [];
    const effect = act(decisions);
    if (effect.joins.length + effect.leaves.length === 0) return 0;
    performer.performAll(session.realm, decisions, now);
    presenceSync.changed(session.realm, session.traits.space, room, effect);
    const watchers = presenceOf(session).watcherCount(room);
    if (session.state === 'open') chargeFanOut(parts, session, watchers, now);
    return watchers;
  };
  const follow: Changes['follow'] = ({ realm, traits }, room, known) => presenceSync.follow(realm, traits.space, room, known);
  return {
    change,
    follow,
    leave: (session, room, now) => change(session, room, now, (out) => presenceOf(session).leave(session, room, out)),
    add: (session, room, draft, now) => {
      const { id, grant } = session;
      const payload = draft.payload && new Uint8Array(draft.payload);
      const ids = { ref: peerIds.generate(), key: draft.key ?? id, client: id, user: grant.subject ?? '' };
      const member: Member = { ...ids, payload };
      change(session, room, now, (out) => presenceOf(session).track(session, room, member, out));
    },
    sendList: (session, room, receipt) =>
      follow(session, room, () => {
        if (session.state !== 'open') return;
        const now = clock.now();
        // M23: the list is encoded when it is delivered, so that several lists do not delay a turn.
        const members = presenceOf(session).list(room);
        const event = { event: 'members', topic: room.topic as TopicName, members, receipt } as const;
        performer.perform(session.realm, { do: 'notify', to: [session.connection], event }, now);
        chargeFanOut(parts, session, members.size * RECEIVERS_PER_MEMBER, now);
      }),
  };
}

/** M23: a client leaves its rooms in slices. */
function departuresOf({ connections, clock, turns }: TrackPresenceParts, leave: Leave): TrackPresence['ended'] {
  return (session) => leaveSome(session, presenceOf(session).roomsOf(session));

  function leaveSome(session: RealmSession, rooms: readonly Room[]): void {
    let count = 0;
    let next = 0;
    while (next < rooms.length && count < NOTIFICATIONS_PER_TURN && !connections.fanOut.isFull) {
      count += 1 + leave(session, rooms[next++] as Room, clock.now());
    }
    if (next === rooms.length) return;
    const at = clock.now() + (connections.fanOut.isFull ? OVERLOAD_PAUSE : 0);
    clock.wakeAt(at, () => turns.run(() => leaveSome(session, rooms.slice(next))));
  }
}

function presenceOf({ realm, traits }: RealmSession): Presence {
  return realm.topicSpaces.presence(traits);
}

function refusalFor(session: RealmSession, room: Room, { key = session.id, payload }: MemberDraft): RequestRefusal | undefined {
  if (!mayPublishFrom(session, [room.topic])) return 'not-allowed';
  return presenceOf(session).refusalFor(session, room, { key, payload });
}
