import type { RealmKey } from '../../../domain/ids.ts';

/**
 * Where everything about one realm stands. All of it has one hash tag, so that a Redis Cluster keeps a realm on one shard and
 * a script sees all of it at once.
 */
export function realmPrefix(realm: RealmKey): string {
  return `signalbox:{${encodeURIComponent(realm)}}:`;
}

/** Where one node is told something, and where all are. */
export function nodeChannel(node: string): string {
  return `signalbox:node:${node}`;
}

export const BROADCAST_CHANNEL = 'signalbox:nodes';
