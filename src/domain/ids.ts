import { accepted, refused, type Result } from './result.ts';

declare const brand: unique symbol;

/** Names a peer in its realm. Any text without control characters is fine: `__proto__` too. */
export type PeerId = string & { readonly [brand]: 'PeerId' };

/** Selects a realm: a set of peers that can see each other. PeerJS calls it the key. */
export type RealmKey = string & { readonly [brand]: 'RealmKey' };

/** Names one broker process among those that act as one. */
export type NodeId = string & { readonly [brand]: 'NodeId' };

/** A handle for one accepted connection: slot and generation in one small integer. */
export type ConnectionId = number & { readonly [brand]: 'ConnectionId' };

/** Why a text names no peer. Lengths are in code points. */
export type PeerIdRefusal =
  | { readonly reason: 'peer-id-empty' }
  | { readonly reason: 'peer-id-too-long'; readonly limit: number }
  | { readonly reason: 'peer-id-unprintable' };

const DEFAULT_ID_LENGTH = 128;

// Control characters, and halves of surrogate pairs, which have no UTF-8 form.
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** O7: 1 to `limit` characters, none of them a control character. */
export function parsePeerId(text: string, limit: number = DEFAULT_ID_LENGTH): Result<PeerId, PeerIdRefusal> {
  if (text.length === 0) return refused({ reason: 'peer-id-empty' });
  if (isLongerThan(limit, text)) return refused({ reason: 'peer-id-too-long', limit });
  if (UNPRINTABLE.test(text)) return refused({ reason: 'peer-id-unprintable' });
  return accepted(text as PeerId);
}

/**
 * The destination that a sender wrote, given back to that sender in an EXPIRE. It was looked up
 * and names nobody, so it skips the parser: no roster and no mailbox ever sees it.
 */
export function echoed(destination: string): PeerId {
  return destination as PeerId;
}

/** A key comes from the operator's configuration; the configuration schema has checked it. */
export function realmKey(text: string): RealmKey {
  return text as RealmKey;
}

/** A node's name comes from composition, which made it. */
export function nodeId(text: string): NodeId {
  return text as NodeId;
}

const SLOT_BITS = 20;
const SLOT_MASK = (1 << SLOT_BITS) - 1;
const GENERATION_MASK = (1 << (31 - SLOT_BITS)) - 1;

/** How many connections one process can hold. */
export const MAX_CONNECTIONS = SLOT_MASK + 1;

/** A slot that is used again gets another generation, so that a late answer can't reach a stranger. */
export function connectionId(slot: number, generation: number): ConnectionId {
  return (((generation & GENERATION_MASK) << SLOT_BITS) | slot) as ConnectionId;
}

export function slotOf(connection: ConnectionId): number {
  return connection & SLOT_MASK;
}

export function generationOf(connection: ConnectionId): number {
  return connection >>> SLOT_BITS;
}

/** Counts code points only where the count of code units leaves it open. */
function isLongerThan(limit: number, text: string): boolean {
  if (text.length <= limit) return false;
  if (text.length > 2 * limit) return true;
  let count = 0;
  for (const _ of text) count++;
  return count > limit;
}
