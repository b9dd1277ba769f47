import { realmKey, type RealmKey } from '../../../domain/ids.ts';

/**
 * Prefix of all keys of a realm. They share one hash tag, so that Redis Cluster keeps them on one shard and a script can use
 * all.
 */
export function realmPrefix(realm: RealmKey): string {
  return `signalbox:{${encodeURIComponent(realm)}}:`;
}

/** In place of a realm, for data of the whole cluster. No key of a realm has a `*`, and the pool has one. */
export const CLUSTER: RealmKey = realmKey('**');

/** The pub/sub channel of one node. */
export function nodeChannel(node: string): string {
  return `signalbox:node:${node}`;
}

/** The pub/sub channel of all nodes. */
export const BROADCAST_CHANNEL = 'signalbox:nodes';
