import type { Payload } from './message.ts';

/** T19: a client that is present in a room. */
export interface Member {
  /** Unique in the room. A member that changes has another one. */
  readonly ref: string;
  /** Groups the members of one user. Chosen by the client, else the id of its connection. */
  readonly key: string;
  /** The id of its connection. */
  readonly client: string;
  /** The user of its token, as the authorizer knows it; empty for none. */
  readonly user: string;
  /** JSON in UTF-8; undefined for none. */
  readonly payload: Payload | undefined;
}

/**
 * T19: the place of members: a topic. Members for private updates (MER7) are in a room of their own, so that only clients with
 * clearance see them.
 */
export interface Room {
  readonly topic: string;
  readonly isPrivate: boolean;
}

/** The members of a room at the moment at which they are read. */
export interface MemberList extends Iterable<Member> {
  readonly size: number;
}

/** The effect of one fact on the members of a room. */
export interface MemberChange {
  readonly joins: readonly Member[];
  readonly leaves: readonly Member[];
}

/** Identifies a room in its space. */
export function roomKey({ topic, isPrivate }: Room): string {
  return (isPrivate ? 'p' : 'o') + topic;
}

/** Bytes of a member that depend on its client. A character of a text counts as one. */
export function memberTextBytes({ ref, key, client, user, payload }: Member): number {
  return ref.length + key.length + client.length + user.length + (payload?.length ?? 0);
}
