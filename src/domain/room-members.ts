import type { NodeId } from './ids.ts';
import { memberTextBytes, type Member, type MemberChange, type MemberList, type Room } from './member.ts';
import type { Session } from './session.ts';

interface OtherMember {
  readonly node: NodeId;
  readonly member: Member;
}

/** T19, T20: the members of one room: those of this node and, as far as they are known, those of other nodes. */
export class RoomMembers implements MemberList {
  readonly room: Room;
  // Undefined while empty, because most rooms have one or two clients.
  #watchers: Set<Session> | undefined;
  #own: Map<Session, Member> | undefined;
  /** By reference. */
  #others: Map<string, OtherMember> | undefined;
  #bytes = 0;

  constructor(room: Room) {
    this.room = room;
  }

  get size(): number {
    return (this.#own?.size ?? 0) + (this.#others?.size ?? 0);
  }

  /** Bytes of texts and payloads. */
  get bytes(): number {
    return this.#bytes;
  }

  get watcherCount(): number {
    return this.#watchers?.size ?? 0;
  }

  /** Whether nothing would be lost without it. */
  get isUnused(): boolean {
    return this.size === 0 && this.watcherCount === 0;
  }

  *[Symbol.iterator](): Generator<Member> {
    yield* this.#own?.values() ?? [];
    for (const { member } of this.#others?.values() ?? []) yield member;
  }

  /** Clients of this node that are notified of members. */
  watchers(): Iterable<Session> {
    return this.#watchers ?? [];
  }

  /** Whether a client of this node is a member or a watcher. */
  has(session: Session): boolean {
    return this.#own?.has(session) === true || this.#watchers?.has(session) === true;
  }

  watch(session: Session): void {
    (this.#watchers ??= new Set()).add(session);
  }

  unwatch(session: Session): void {
    this.#watchers?.delete(session);
  }

  /** T20: the members of this node. */
  own(): readonly Member[] {
    return [...(this.#own?.values() ?? [])];
  }

  ownOf(session: Session): Member | undefined {
    return this.#own?.get(session);
  }

  /** Replaces the member of a client of this node, or deletes it. */
  setOwn(session: Session, member: Member | undefined): MemberChange {
    const own = (this.#own ??= new Map<Session, Member>());
    const before = own.get(session);
    if (before !== undefined) this.#bytes -= memberTextBytes(before);
    if (member === undefined) own.delete(session);
    else {
      own.set(session, member);
      this.#bytes += memberTextBytes(member);
    }
    return { joins: member === undefined ? [] : [member], leaves: before === undefined ? [] : [before] };
  }

  /** T20: members of another node have joined and left. @returns those that were added and deleted. */
  setOthers(node: NodeId, joins: readonly Member[], leaves: Iterable<string>, mayAdd: (member: Member) => boolean): MemberChange {
    const others = (this.#others ??= new Map<string, OtherMember>());
    const [added, deleted]: [Member[], Member[]] = [[], []];
    for (const ref of leaves) {
      const known = others.get(ref);
      if (known?.node !== node) continue;
      others.delete(ref);
      this.#bytes -= memberTextBytes(known.member);
      deleted.push(known.member);
    }
    for (const member of joins) {
      if (others.has(member.ref) || !mayAdd(member)) continue;
      others.set(member.ref, { node, member });
      this.#bytes += memberTextBytes(member);
      added.push(member);
    }
    return { joins: added, leaves: deleted };
  }

  /** T20: the nodes with members, without this one. */
  nodes(): readonly NodeId[] {
    return [...new Set(Array.from(this.#others?.values() ?? [], ({ node }) => node))];
  }

  /** T20: the references of the members of another node. */
  refsOf(node: NodeId): readonly string[] {
    return Array.from(this.#others ?? []).flatMap(([ref, one]) => (one.node === node ? [ref] : []));
  }
}
