import type { NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';

/** Where an entry stands in the journal of a realm, as its key says. */
export type Place =
  | { readonly of: 'seat'; readonly id: PeerId }
  | { readonly of: 'letter'; readonly to: PeerId; readonly ticket: string }
  | { readonly of: 'lease'; readonly node: NodeId }
  | { readonly of: 'tick' };

/** The bucket that is the journal of a realm. Names that a bucket can't have are encoded, and never meet one that is not. */
export function bucketOf(realm: RealmKey): string {
  return /^[A-Za-z0-9-]+$/.test(realm) ? `signalbox-${realm}` : `signalbox_${encoded(realm)}`;
}

/** Who owns an id, and up to where its mail was collected. */
export function seatKey(id: PeerId): string {
  return `seat.${encoded(id)}`;
}

/** One letter. @param ticket of no other one, of whatever node. */
export function letterKey(to: PeerId, ticket: string): string {
  return `letter.${encoded(to)}.${ticket}`;
}

export function leaseKey(node: NodeId): string {
  return `lease.${encoded(node)}`;
}

/** What is written to learn how far the journal goes. */
export function tickKey(node: NodeId): string {
  return `tick.${encoded(node)}`;
}

/** @returns undefined for a key that this version does not know. */
export function placeOf(key: string): Place | undefined {
  const [of, name, ticket] = key.split('.');
  if (of === 'tick') return { of };
  if (name === undefined) return undefined;
  const text = Buffer.from(name, 'base64url').toString();
  if (of === 'seat') return { of, id: text as PeerId };
  if (of === 'lease') return { of, node: text as NodeId };
  return of === 'letter' && ticket !== undefined ? { of, to: text as PeerId, ticket } : undefined;
}

/** Names a letter. @param count of no other letter of the node. */
export function ticketOf(node: NodeId, count: number): string {
  return `${encoded(node)}=${count}`;
}

/** The count in a ticket of a node; undefined where it is another node's. */
export function countIn(node: NodeId, ticket: string): number | undefined {
  const [teller, count] = ticket.split('=');
  return teller === encoded(node) ? Number(count) : undefined;
}

/** Where all nodes are told something. */
export const WORDS_FOR_ALL = 'signalbox.nodes';

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}
