import type { NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';

/** A parsed key of the journal of a realm. */
export type EntryKey =
  | { readonly kind: 'claim'; readonly id: PeerId }
  | { readonly kind: 'removal'; readonly id: PeerId }
  | { readonly kind: 'batch'; readonly messageId: string; readonly author: NodeId }
  | { readonly kind: 'lease'; readonly node: NodeId }
  | { readonly kind: 'tick' };

/** The bucket of a realm. Names that NATS does not allow are encoded, with a prefix of their own to avoid collisions. */
export function bucketOf(realm: RealmKey): string {
  return /^[A-Za-z0-9-]+$/.test(realm) ? `signalbox-${realm}` : `signalbox_${encodeName(realm)}`;
}

/** The bucket of bans. The buckets of realms have a `-` or `_` behind the first word. */
export const BANS_BUCKET = 'signalboxbans';

/** Key of the claim of an id. The prefixes `seat`, `taken` and `bag` are the stored format and must not change. */
export function claimKey(id: PeerId): string {
  return `seat.${encodeName(id)}`;
}

/**
 * Key of the removals by one node for one id. Each node has its own, so that no node overwrites an entry that it has not read.
 */
export function removalKey(id: PeerId, node: NodeId): string {
  return `taken.${encodeName(id)}.${encodeName(node)}`;
}

/** Key of a batch of messages. @param messageId unique in the cluster. */
export function batchKey(messageId: string): string {
  return `bag.${messageId}`;
}

export function leaseKey(node: NodeId): string {
  return `lease.${encodeName(node)}`;
}

/** Key of the entry that a node writes to find the end of the journal. */
export function tickKey(node: NodeId): string {
  return `tick.${encodeName(node)}`;
}

/** @returns undefined for an unknown kind of key. */
export function parseKey(key: string): EntryKey | undefined {
  const [prefix, name] = key.split('.');
  if (prefix === 'tick') return { kind: 'tick' };
  if (name === undefined) return undefined;
  if (prefix === 'bag') return { kind: 'batch', messageId: name, author: decodeName(name.split('=')[0] ?? '') as NodeId };
  const text = decodeName(name);
  if (prefix === 'seat') return { kind: 'claim', id: text as PeerId };
  if (prefix === 'taken') return { kind: 'removal', id: text as PeerId };
  return prefix === 'lease' ? { kind: 'lease', node: text as NodeId } : undefined;
}

/** Id of a write, for deduplication by NATS. @param count unique in the node. */
export function messageIdOf(node: NodeId, count: number): string {
  return `${encodeName(node)}=${count}`;
}

/** The subject of messages to all nodes. */
export const BROADCAST_SUBJECT = 'signalbox.nodes';

/** The subject of messages to one node. */
export function nodeSubject(node: NodeId): string {
  return `signalbox.node.${encodeName(node)}`;
}

function decodeName(name: string): string {
  return Buffer.from(name, 'base64url').toString();
}

function encodeName(text: string): string {
  return Buffer.from(text).toString('base64url');
}
