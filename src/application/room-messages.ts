import type { NodeId } from '../domain/ids.ts';
import type { Member, Room } from '../domain/member.ts';
import type { Publication, TopicName } from '../domain/topic.ts';
import type { BusPublication } from './ports/node-bus.ts';

/** T20: the content of a message between nodes about the members of rooms. */
export type RoomMessage =
  /** The sender follows the rooms. @param isFirst whether it asks for all members. */
  | { readonly say: 'follow'; readonly isFirst: boolean }
  /** All members of the sender. */
  | { readonly say: 'list'; readonly joins: readonly Member[] }
  /** @param leaves references. */
  | { readonly say: 'change'; readonly joins: readonly Member[]; readonly leaves: readonly string[] };

interface Decoded {
  readonly from: NodeId;
  readonly rooms: readonly Room[];
  readonly content: RoomMessage;
}

/** A node that does not know these messages has no subscribers in this space. */
const PREFIX = 'members:';

/** A member without its payload, which has `size` bytes; -1 for none. */
type WrittenMember = readonly [ref: string, key: string, client: string, user: string, size: number];

/** The space of topics in the space of a message; undefined for a publication. */
export function spaceOfMembers(space: string): string | undefined {
  return space.startsWith(PREFIX) ? space.slice(PREFIX.length) : undefined;
}

/** T20: a message as a publication. The payloads follow one another. @param rooms all private, or none. */
export function encodeRoomMessage(
  from: NodeId,
  space: string,
  rooms: readonly Room[],
  content: RoomMessage,
): Omit<BusPublication, 'realm'> {
  const joins = content.say === 'follow' ? [] : content.joins;
  const written = joins.map(({ ref, key, client, user, payload }) => [ref, key, client, user, payload?.length ?? -1]);
  const publication = {
    ...{ id: from, topics: rooms.map(({ topic }) => topic as TopicName), payload: concat(joins), form: 'bytes' as const },
    ...{ type: JSON.stringify({ ...content, joins: written }), retry: undefined, from: undefined },
    isPrivate: rooms[0]?.isPrivate === true,
  };
  return { type: 'publication', space: PREFIX + space, keepsHistory: false, publication };
}

/** Undefined for a message in another format. Payloads are copied. */
export function decodeRoomMessage({ id, topics, type = '', payload, isPrivate }: Publication): Decoded | undefined {
  const fields = objectIn(type);
  const joins = membersIn(fields['joins'], payload);
  const { say, isFirst, leaves } = fields;
  const content: RoomMessage | undefined =
    say === 'follow'
      ? { say, isFirst: isFirst === true }
      : joins === undefined
        ? undefined
        : say === 'list'
          ? { say, joins }
          : say === 'change' && Array.isArray(leaves)
            ? { say, joins, leaves: leaves.filter((ref) => typeof ref === 'string') }
            : undefined;
  return content && { from: id as NodeId, rooms: topics.map((topic) => ({ topic, isPrivate })), content };
}

function membersIn(value: unknown, payloads: Uint8Array): Member[] | undefined {
  if (!Array.isArray(value) || !value.every(isWrittenMember)) return undefined;
  let at = 0;
  return value.map(([ref, key, client, user, size]) => {
    const payload = size < 0 ? undefined : payloads.slice(at, at + size);
    at += Math.max(0, size);
    // `slice` of a buffer of Node does not copy.
    return { ref, key, client, user, payload: payload && new Uint8Array(payload) };
  });
}

function isWrittenMember(value: unknown): value is WrittenMember {
  if (!Array.isArray(value)) return false;
  const [size, ...texts] = [...(value as readonly unknown[])].reverse();
  return typeof size === 'number' && texts.length === 4 && texts.every((text) => typeof text === 'string');
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function concat(members: readonly Member[]): Uint8Array {
  const bytes = new Uint8Array(members.reduce((sum, { payload }) => sum + (payload?.length ?? 0), 0));
  let at = 0;
  for (const { payload } of members) {
    if (payload === undefined) continue;
    bytes.set(payload, at);
    at += payload.length;
  }
  return bytes;
}
