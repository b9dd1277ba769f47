import type { Decision } from '../domain/decision.ts';
import type { NodeId } from '../domain/ids.ts';
import { roomKey, type Member, type MemberChange, type Room } from '../domain/member.ts';
import type { Realm } from '../domain/realm.ts';
import type { Millis } from '../domain/time.ts';
import type { Performer } from './performer.ts';
import type { Clock, Wakeup } from './ports/clock.ts';
import type { ClusterRecords } from './ports/cluster-records.ts';
import type { BusPublication, NodeBus } from './ports/node-bus.ts';
import { decodeRoomMessage, encodeRoomMessage, spaceOfMembers, type RoomMessage } from './room-messages.ts';
import { actOnEach } from './slices.ts';
import type { Turns } from './turns.ts';

export interface PresenceSyncParts {
  readonly node: NodeId;
  readonly bus: NodeBus;
  readonly records: ClusterRecords;
  readonly clock: Clock;
  readonly turns: Turns;
  readonly performer: Performer;
}

/** A room in its realm and space. */
interface Place {
  readonly realm: Pick<Realm, 'key'>;
  readonly space: string;
  readonly room: Room;
}

/** A room whose members at other nodes this node follows. */
interface FollowedRoom extends Place {
  /** R2: a realm by pattern that has ended and begins again is another one. */
  readonly realm: Realm;
  /** Followed at least until then, also without watchers. */
  until: Millis;
  /** The nodes that have not reported their members yet. Undefined until the nodes are known, and when the members are. */
  waiting: Set<NodeId> | undefined;
  /** Called when the members are known. Undefined when they are. */
  callbacks: (() => void)[] | undefined;
  readonly timeout: Wakeup;
}

/** How long another node may take to report its members. */
const ANSWER_TIMEOUT: Millis = 500;
const RENEWAL_INTERVAL: Millis = 30_000;
/** Two renewals may be lost. */
const LIFETIME: Millis = 75_000;
/** Rooms in one message. */
const ROOMS_PER_MESSAGE = 100;
/** While as many rooms are followed, requests about others are answered with the members of this node. */
const MAX_REQUESTED = 20_000;

/**
 * T20: the members of other nodes. A node follows the rooms that its clients watch or have asked for. Other nodes report their
 * members of these rooms only: all of them once, then each change. Inactive on a single node.
 */
export class PresenceSync {
  readonly #parts: PresenceSyncParts;
  readonly #followed = new Map<string, FollowedRoom>();
  /** The nodes that follow a room, each until its time. */
  readonly #followers = new Map<string, Map<NodeId, Millis>>();
  #renewal: Wakeup | undefined;

  constructor(parts: PresenceSyncParts) {
    this.#parts = parts;
  }

  /**
   * Follows a room. @param known called at once or later, within a turn, when the members of other nodes are known, or if they do
   * not answer in time.
   */
  follow(realm: Realm, space: string, room: Room, known: () => void = () => undefined): void {
    if (realm.isSingleNode) return known();
    const { clock, turns } = this.#parts;
    const place = { realm, space, room };
    const followed = this.#followedIn(place);
    if (followed !== undefined) followed.until = clock.now() + LIFETIME;
    if (followed?.callbacks !== undefined) return void followed.callbacks.push(known);
    const isWatched = realm.topicSpaces.presence({ space }).watcherCount(room) > 0;
    if (followed !== undefined || (!isWatched && this.#followed.size >= MAX_REQUESTED)) return known();
    const timeout = clock.wakeAt(clock.now() + ANSWER_TIMEOUT, () => turns.run(() => this.#becomeKnown(made)));
    const made: FollowedRoom = { ...place, until: clock.now() + LIFETIME, waiting: undefined, callbacks: [known], timeout };
    this.#followed.set(keyOf(place), made);
    this.#schedule();
    this.#parts.records.nodes((nodes) => turns.run(() => this.#ask(made, nodes)));
  }

  /** Reports a change of the members of this node. */
  changed(realm: Realm, space: string, room: Room, { joins, leaves }: MemberChange): void {
    if (realm.isSingleNode || !this.#followers.has(keyOf({ realm, space, room }))) return;
    this.#send({ realm, space, room }, { say: 'change', joins, leaves: leaves.map(({ ref }) => ref) });
  }

  /**
   * Must be called within a turn.
   * @param realm undefined for a realm by pattern that is not in use at this node. It may begin while other nodes follow its
   * rooms.
   * @returns false for a message that is not about members.
   */
  receive(realm: Realm | undefined, message: BusPublication): boolean {
    const space = spaceOfMembers(message.space);
    if (space === undefined) return false;
    const decoded = decodeRoomMessage(message.publication);
    if (decoded === undefined) return true;
    const { from, rooms, content } = decoded;
    if (content.say === 'follow') {
      const own = (room: Room): readonly Member[] => realm?.topicSpaces.presence({ space }).own(room) ?? [];
      const places = rooms.map((room) => ({ realm: { key: message.realm }, space, room }));
      this.#report(places, own, from, content.isFirst);
    } else if (realm !== undefined) for (const room of rooms) this.#apply({ realm, space, room }, from, content);
    return true;
  }

  /** Messages of any node may have been lost: asks for all members again, and reports its own to each follower. */
  messagesLost(): void {
    this.#followers.clear();
    this.#requestAll(true);
  }

  stop(): void {
    this.#renewal?.cancel();
    for (const { timeout } of this.#followed.values()) timeout.cancel();
  }

  /** A followed room of this realm. One of a realm by pattern that has ended is dropped, because its members are unknown here. */
  #followedIn(place: Place & { readonly realm: Realm }): FollowedRoom | undefined {
    const followed = this.#followed.get(keyOf(place));
    if (followed === undefined || followed.realm === place.realm) return followed;
    this.#followed.delete(keyOf(place));
    this.#becomeKnown(followed);
    return undefined;
  }

  #ask(followed: FollowedRoom, nodes: readonly NodeId[]): void {
    if (followed.callbacks === undefined) return;
    followed.waiting = new Set(nodes.filter((node) => node !== this.#parts.node));
    this.#send(followed, { say: 'follow', isFirst: true });
    if (followed.waiting.size === 0) this.#becomeKnown(followed);
  }

  #becomeKnown(followed: FollowedRoom): void {
    const { callbacks = [] } = followed;
    followed.callbacks = undefined;
    followed.waiting = undefined;
    followed.timeout.cancel();
    for (const known of callbacks) known();
  }

  /** Another node follows rooms. It receives the members of this node if it asks for them, or was not known to follow. */
  #report(places: readonly Place[], own: (room: Room) => readonly Member[], from: NodeId, isFirst: boolean): void {
    const until = this.#parts.clock.now() + LIFETIME;
    const asked = places.filter((place) => {
      const key = keyOf(place);
      const followers = this.#followers.get(key) ?? new Map<NodeId, Millis>();
      const isKnown = followers.has(from);
      this.#followers.set(key, followers.set(from, until));
      return isFirst || !isKnown;
    });
    this.#schedule();
    for (const place of asked) this.#send(place, { say: 'list', joins: own(place.room) });
  }

  #apply(place: Place & { readonly realm: Realm }, from: NodeId, content: Exclude<RoomMessage, { say: 'follow' }>): void {
    const followed = this.#followedIn(place);
    if (followed === undefined) return;
    const { realm, space, room } = place;
    const presence = realm.topicSpaces.presence({ space });
    const decisions: Decision[] = [];
    if (content.say === 'list') presence.listedElsewhere(from, room, content.joins, decisions);
    else presence.changedElsewhere(from, room, content, decisions);
    // Until the members are known, the watchers receive them in one list.
    if (followed.callbacks === undefined) this.#parts.performer.performAll(realm, decisions, this.#parts.clock.now());
    else if (followed.waiting?.delete(from) === true && followed.waiting.size === 0) this.#becomeKnown(followed);
  }

  #schedule(): void {
    const { clock, turns } = this.#parts;
    this.#renewal ??= clock.wakeAt(clock.now() + RENEWAL_INTERVAL, () => {
      this.#renewal = undefined;
      turns.run(() => this.#renew());
      if (this.#followed.size + this.#followers.size > 0) this.#schedule();
    });
  }

  #renew(): void {
    const now = this.#parts.clock.now();
    for (const [key, followers] of this.#followers) {
      for (const [node, until] of followers) if (until <= now) followers.delete(node);
      if (followers.size === 0) this.#followers.delete(key);
    }
    this.#requestAll(false);
    this.#parts.records.nodes((nodes) => this.#forgetOthers(new Set(nodes)));
  }

  /** In messages of many rooms of one kind. */
  #requestAll(isFirst: boolean): void {
    const groups = new Map<string, FollowedRoom[]>();
    for (const followed of this.#followed.values()) {
      const key = `${followed.realm.key}\n${followed.space}\n${followed.room.isPrivate}`;
      const group = groups.get(key) ?? [];
      group.push(followed);
      groups.set(key, group);
    }
    for (const group of groups.values()) {
      for (let at = 0; at < group.length; at += ROOMS_PER_MESSAGE) {
        const some = group.slice(at, at + ROOMS_PER_MESSAGE);
        this.#send(
          some[0] as Place,
          { say: 'follow', isFirst },
          some.map(({ room }) => room),
        );
      }
    }
  }

  /** Members of nodes that are gone, and all rooms that no client watches. M23: in slices. */
  #forgetOthers(alive: ReadonlySet<NodeId>): void {
    const { clock, performer } = this.#parts;
    actOnEach(this.#parts, [...this.#followed], ([key, followed]) => {
      const { realm, space, room, until } = followed;
      const presence = realm.topicSpaces.presence({ space });
      const isUnused = presence.watcherCount(room) === 0 && until <= clock.now();
      if (isUnused && this.#followed.get(key) === followed) this.#followed.delete(key);
      const decisions: Decision[] = [];
      for (const node of presence.othersIn(room)) {
        if (isUnused || !alive.has(node)) presence.listedElsewhere(node, room, [], decisions);
      }
      performer.performAll(realm, decisions, clock.now());
    });
  }

  #send({ realm, space, room }: Place, content: RoomMessage, rooms: readonly Room[] = [room]): void {
    const { bus, node } = this.#parts;
    bus.broadcast({ realm: realm.key, ...encodeRoomMessage(node, space, rooms, content) });
  }
}

function keyOf({ realm, space, room }: Place): string {
  return `${realm.key}\n${space}\n${roomKey(room)}`;
}
