import type { PeerId, RealmKey } from './ids.ts';
import { matchesAny, matchesAnyAlike, type NamePattern } from './name-patterns.ts';
import type { AccessRefusal } from './refusal.ts';
import { NEVER, type Millis } from './time.ts';
import type { RequestedTopics, Selector } from './topic.ts';

/** A2, A3: the rights that an authorizer grants to one client. */
export interface Grant {
  /**
   * The owner of the ids that the client takes, as a text that no other owner has (A4). Undefined: the token itself is the
   * proof of ownership (O4).
   */
  readonly owner: string | undefined;
  /** The user that the client authenticated as, for the operator; undefined for none. */
  readonly subject: string | undefined;
  /** The id of the token (`jti`), for the operator; undefined for none. */
  readonly tokenId: string | undefined;
  /** Ids that the client may take; undefined for all that are not reserved. */
  readonly ids: readonly NamePattern[] | undefined;
  /** Ids that only a grant that names them includes, and ids that look like them. */
  readonly reservedIds: readonly NamePattern[];
  /** Realms that the client may use; undefined for all. */
  readonly realms: readonly NamePattern[] | undefined;
  /** A5: how long the grant is valid from the answer on; NEVER if it does not expire. */
  readonly lifetime: Millis;
  /** A rate limit that is lower than the option; undefined for the option. */
  readonly messagesPerSecond: number | undefined;
  /** H4: whether the client may list the peers of its realm. */
  readonly mayDiscover: boolean;
  /** I3: whether the client receives ICE servers. */
  readonly mayUseIce: boolean;
  /** Topics of relay and Peero; undefined for all. */
  readonly topics: TopicGrant | undefined;
}

/** The topics that a client may use. */
export interface TopicGrant {
  readonly publish: readonly NamePattern[];
  readonly subscribe: readonly NamePattern[];
}

/** The grant of a client that the broker does not authenticate. */
export const OPEN_GRANT: Grant = {
  owner: undefined,
  subject: undefined,
  tokenId: undefined,
  ids: undefined,
  reservedIds: [],
  realms: undefined,
  lifetime: NEVER,
  messagesPerSecond: undefined,
  mayDiscover: true,
  mayUseIce: true,
  topics: undefined,
};

/** A3: whether a grant includes a realm, then an id. @param id undefined if the broker generated it. */
export function refusalFor(grant: Grant, realm: RealmKey, id: PeerId | undefined): AccessRefusal | undefined {
  if (grant.realms !== undefined && !matchesAny(grant.realms, realm)) return { reason: 'realm-not-granted' };
  if (id === undefined) return undefined;
  if (grant.ids !== undefined) return matchesAny(grant.ids, id) ? undefined : { reason: 'id-not-granted', id };
  return matchesAnyAlike(grant.reservedIds, id) ? { reason: 'id-reserved' } : undefined;
}

/** A3, MER7: the session of a client, as far as its rights in topics depend on it. */
interface TopicClient {
  readonly grant: Grant;
  readonly requestedTopics: Pick<RequestedTopics, 'permissions'> | undefined;
}

/** A3, MER7: whether an open connection may subscribe. */
export function mayJoin({ grant, requestedTopics }: TopicClient, selectors: readonly Selector[]): boolean {
  return requestedTopics?.permissions?.maySubscribe !== false && maySubscribe(grant, selectors);
}

/** A3, MER7: whether an open connection may publish to all of these topics. */
export function mayPublishFrom({ grant, requestedTopics }: TopicClient, names: readonly string[]): boolean {
  const { permissions } = requestedTopics ?? {};
  return mayPublish(grant, names) && names.every((name) => permissions === undefined || permissions.mayPublish(name));
}

/** A3: whether a client may subscribe. A pattern of the dialect is not included, because it may match any topic. */
export function maySubscribe({ topics }: Grant, selectors: readonly Selector[]): boolean {
  return topics === undefined || selectors.every((one) => 'topic' in one && matchesAny(topics.subscribe, one.topic));
}

/** A3: whether a client may publish to all of these topics. */
export function mayPublish({ topics }: Grant, names: readonly string[]): boolean {
  return topics === undefined || names.every((name) => matchesAny(topics.publish, name));
}
