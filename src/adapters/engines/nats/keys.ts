import type { NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';

/** Where an entry stands in the journal of a realm, as its key says. */
export type EntryKey =
  | { readonly of: 'seat'; readonly id: PeerId }
  | { readonly of: 'taken'; readonly id: PeerId }
  | { readonly of: 'bag'; readonly messageId: string; readonly author: NodeId }
  | { readonly of: 'lease'; readonly node: NodeId }
  | { readonly of: 'tick' };

/** The bucket that is the journal of a realm. Names that a bucket can't have are encoded, and never meet one that is not. */
export function bucketOf(realm: RealmKey): string {
  return /^[A-Za-z0-9-]+$/.test(realm) ? `signalbox-${realm}` : `signalbox_${encodeName(realm)}`;
}

/** Who owns an id. */
export function claimKey(id: PeerId): string {
  return `seat.${encodeName(id)}`;
}

/** Up to where a node has taken the mail of an id: of its own, so that nobody writes over what it has not read. */
export function removalKey(id: PeerId, node: NodeId): string {
  return `taken.${encodeName(id)}.${encodeName(node)}`;
}

/** Letters that one node put at once. @param ticket of no other one, of whatever node. */
export function batchKey(ticket: string): string {
  return `bag.${ticket}`;
}

export function leaseKey(node: NodeId): string {
  return `lease.${encodeName(node)}`;
}

/** What is written to learn how far the journal goes. */
export function tickKey(node: NodeId): string {
  return `tick.${encodeName(node)}`;
}

/** @returns undefined for a key that this version does not know. */
export function parseKey(key: string): EntryKey | undefined {
  const [of, name] = key.split('.');
  if (of === 'tick') return { of };
  if (name === undefined) return undefined;
  if (of === 'bag') return { of, messageId: name, author: decodeName(name.split('=')[0] ?? '') as NodeId };
  const text = decodeName(name);
  if (of === 'seat' || of === 'taken') return { of, id: text as PeerId };
  return of === 'lease' ? { of, node: text as NodeId } : undefined;
}

/** Names what a node writes. @param count of nothing else that it has written. */
export function messageIdOf(node: NodeId, count: number): string {
  return `${encodeName(node)}=${count}`;
}

/** Where all nodes are told something. */
export const BROADCAST_SUBJECT = 'signalbox.nodes';

function decodeName(name: string): string {
  return Buffer.from(name, 'base64url').toString();
}

function encodeName(text: string): string {
  return Buffer.from(text).toString('base64url');
}
