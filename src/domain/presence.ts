import type { Decision } from './decision.ts';
import type { NodeId } from './ids.ts';
import { CLIENT_ROOMS_BYTES, MEMBER_BYTES, ROOM_CLIENT_BYTES } from './memory-sizes.ts';
import { memberTextBytes, roomKey, type Member, type MemberChange, type MemberList, type Room } from './member.ts';
import { RoomMembers } from './room-members.ts';
import type { Session } from './session.ts';
import type { RequestRefusal, TopicName } from './topic.ts';

/** T19: limits of the members of one realm, for each space. */
export interface PresenceLimits {
  /** Members of one room; 0 for no presence. */
  readonly presenceMembers: number;
  /** Bytes of the key and the payload of one member. */
  readonly presenceBytes: number;
  /** MER5: a replay uses at most half of it. T19: the members of a room at most a quarter, because their list is one message. */
  readonly sendBufferBytes: number;
}

/** T20: bytes of the members of other nodes, in each space of a realm. Further ones are not shown. */
const MAX_REMOTE_BYTES = 16 * 1024 * 1024;

const NO_MEMBERS: MemberList = new Set<Member>();

/** A change without effect. */
const UNCHANGED: MemberChange = { joins: [], leaves: [] };

/** T19, T20: the rules of all members in one space: facts in, decisions out. */
export class Presence {
  readonly #limits: PresenceLimits;
  readonly #rooms = new Map<string, RoomMembers>();
  readonly #bySession = new Map<Session, ClientRooms>();
  #remoteBytes = 0;

  constructor(limits: PresenceLimits) {
    this.#limits = limits;
  }

  /** Rooms with members or watchers. */
  get roomCount(): number {
    return this.#rooms.size;
  }

  /** T19: whether a client that is subscribed to the topic may be a member with this key and payload. */
  refusalFor(session: Session, room: Room, { key, payload }: Pick<Member, 'key' | 'payload'>): RequestRefusal | undefined {
    const { presenceMembers, presenceBytes, sendBufferBytes } = this.#limits;
    if (session.subscriptions?.topics.has(room.topic as TopicName) !== true) return 'topic-unusable';
    const size = key.length + (payload?.length ?? 0);
    if (size > presenceBytes) return 'payload-too-large';
    const members = this.#rooms.get(roomKey(room));
    const own = members?.ownOf(session);
    const added = MEMBER_TEXT_BYTES + size - (own === undefined ? 0 : memberTextBytes(own));
    const isFull = own === undefined && (members?.size ?? 0) >= presenceMembers;
    if (isFull || (members?.bytes ?? 0) + added > sendBufferBytes / 4) return 'too-many-topics';
    const bytes = this.#bySession.get(session)?.bytes ?? CLIENT_ROOMS_BYTES;
    const isScarce = session.memory?.hasRoomFor('presence', bytes + ROOM_CLIENT_BYTES + MEMBER_BYTES + added) === false;
    return isScarce ? 'too-many-topics' : undefined;
  }

  /** T19: a client becomes a member, or its member changes. The caller checks `refusalFor` first. */
  track(session: Session, room: Room, member: Member, out: Decision[]): MemberChange {
    return this.#setOwn(session, this.#open(session, room), member, out);
  }

  /** T19: a client is no member any more. It stays a watcher. */
  untrack(session: Session, room: Room, out: Decision[]): MemberChange {
    const members = this.#rooms.get(roomKey(room));
    return members === undefined ? UNCHANGED : this.#setOwn(session, members, undefined, out);
  }

  /** T19: a client is notified of members from now on. */
  watch(session: Session, room: Room): void {
    const members = this.#open(session, room);
    members.watch(session);
    this.#record(session, 0);
  }

  /** T19: a client has left a room. */
  leave(session: Session, room: Room, out: Decision[]): MemberChange {
    const members = this.#rooms.get(roomKey(room));
    if (members === undefined) return UNCHANGED;
    members.unwatch(session);
    return this.#setOwn(session, members, undefined, out);
  }

  /** The rooms in which a client is a member or a watcher. */
  roomsOf(session: Session): readonly Room[] {
    return Array.from(this.#bySession.get(session)?.rooms ?? [], ({ room }) => room);
  }

  isMember(session: Session, room: Room): boolean {
    return this.#rooms.get(roomKey(room))?.ownOf(session) !== undefined;
  }

  /** The members that this node knows. */
  list(room: Room): MemberList {
    return this.#rooms.get(roomKey(room)) ?? NO_MEMBERS;
  }

  /** The members of this node. */
  own(room: Room): readonly Member[] {
    return this.#rooms.get(roomKey(room))?.own() ?? [];
  }

  watcherCount(room: Room): number {
    return this.#rooms.get(roomKey(room))?.watcherCount ?? 0;
  }

  /** T20: members of another node have joined and left a room. @param leaves refs. */
  changedElsewhere(
    node: NodeId,
    room: Room,
    { joins, leaves }: { readonly joins: readonly Member[]; readonly leaves: readonly string[] },
    out: Decision[],
  ): void {
    const members = this.#rooms.get(roomKey(room)) ?? new RoomMembers(room);
    const { presenceMembers, sendBufferBytes } = this.#limits;
    const mayAdd = (member: Member): boolean => {
      const bytes = memberBytes(member);
      const isFull = members.size >= presenceMembers || members.bytes + bytes > sendBufferBytes / 4;
      return !isFull && this.#remoteBytes + bytes <= MAX_REMOTE_BYTES;
    };
    const change = members.setOthers(node, joins, leaves, (member) => mayAdd(member) && this.#addRemote(member, 1));
    for (const member of change.leaves) this.#addRemote(member, -1);
    this.#keep(members);
    notifyWatchers(members, change, out);
  }

  /** T20: the members of another node, all of them. */
  listedElsewhere(node: NodeId, room: Room, all: readonly Member[], out: Decision[]): void {
    const present = new Set(all.map(({ ref }) => ref));
    const gone =
      this.#rooms
        .get(roomKey(room))
        ?.refsOf(node)
        .filter((ref) => !present.has(ref)) ?? [];
    this.changedElsewhere(node, room, { joins: all, leaves: gone }, out);
  }

  /** T20: the nodes whose members this node knows, by room. */
  othersIn(room: Room): readonly NodeId[] {
    return this.#rooms.get(roomKey(room))?.nodes() ?? [];
  }

  #addRemote(member: Member, sign: 1 | -1): true {
    this.#remoteBytes += sign * memberBytes(member);
    return true;
  }

  #setOwn(session: Session, members: RoomMembers, member: Member | undefined, out: Decision[]): MemberChange {
    const change = members.setOwn(session, member);
    const added = change.joins.reduce((sum, one) => sum + memberBytes(one), 0);
    const freed = change.leaves.reduce((sum, one) => sum + memberBytes(one), 0);
    this.#record(session, added - freed);
    if (!members.has(session)) this.#forget(session, members);
    this.#keep(members);
    notifyWatchers(members, change, out);
    return change;
  }

  #open(session: Session, room: Room): RoomMembers {
    const key = roomKey(room);
    const members = this.#rooms.get(key) ?? new RoomMembers(room);
    this.#rooms.set(key, members);
    const own = this.#bySession.get(session) ?? { rooms: new Set(), bytes: CLIENT_ROOMS_BYTES };
    this.#bySession.set(session, own);
    if (!own.rooms.has(members)) own.bytes += ROOM_CLIENT_BYTES;
    own.rooms.add(members);
    return members;
  }

  #forget(session: Session, members: RoomMembers): void {
    const own = this.#bySession.get(session);
    if (own?.rooms.delete(members) !== true) return;
    if (own.rooms.size > 0) return this.#record(session, -ROOM_CLIENT_BYTES);
    this.#bySession.delete(session);
    session.memory?.set('presence', 0);
  }

  #keep(members: RoomMembers): void {
    if (members.isUnused) this.#rooms.delete(roomKey(members.room));
    else this.#rooms.set(roomKey(members.room), members);
  }

  /** B1. */
  #record(session: Session, added: number): void {
    const own = this.#bySession.get(session);
    if (own === undefined) return;
    own.bytes += added;
    session.memory?.set('presence', own.bytes);
  }
}

/** The rooms of one client of this node, and the memory that they take. */
interface ClientRooms {
  readonly rooms: Set<RoomMembers>;
  bytes: number;
}

function memberBytes(member: Member): number {
  return MEMBER_BYTES + memberTextBytes(member);
}

/** Of the reference, the client and the user of a member, which a client does not choose: three ids. */
const MEMBER_TEXT_BYTES = 128;

function notifyWatchers(members: RoomMembers, { joins, leaves }: MemberChange, out: Decision[]): void {
  const { room, watcherCount } = members;
  if (watcherCount === 0 || joins.length + leaves.length === 0) return;
  const to = [...members.watchers()].filter(({ state }) => state === 'open').map(({ connection }) => connection);
  if (to.length > 0) out.push({ do: 'notify', to, event: { event: 'presence', topic: room.topic as TopicName, joins, leaves } });
}
