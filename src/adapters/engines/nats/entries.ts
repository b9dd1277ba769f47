import type { ConnectionId, NodeId, PeerId } from '../../../domain/ids.ts';
import type { MessageKind, Payload } from '../../../domain/message.ts';
import type { Millis } from '../../../domain/time.ts';

/** Of what stands in a journal. A node understands its own version only, and says so of others. */
const FORMAT_VERSION = 1;

/** Who owns an id. */
export interface ClaimOwner {
  readonly node: NodeId;
  readonly connection: ConnectionId;
  /** Of the token. */
  readonly digest: string;
}

/** Whether it is the very connection. */
export function isSameConnection(
  owner: Pick<ClaimOwner, 'node' | 'connection'> | undefined,
  other: Pick<ClaimOwner, 'node' | 'connection'>,
): boolean {
  return owner !== undefined && owner.node === other.node && owner.connection === other.connection;
}

/** The state of one id. */
export interface ClaimEntry {
  /** Undefined for an id that is free. */
  readonly owner: ClaimOwner | undefined;
  /** Which change this is: of no other one. */
  readonly changeId: string;
}

/** Letters for an id up to a position are nobody's any more: a connection has collected them, or they have expired. */
export interface RemovalEntry {
  readonly node: NodeId;
  /** Undefined where they have expired. */
  readonly connection: ConnectionId | undefined;
  readonly upTo: number;
}

/** A message that waits. */
export interface StoredMessage {
  readonly from: PeerId;
  readonly to: PeerId;
  /** Who spoke for `from`; undefined for what a broker itself has to say. */
  readonly sender: Pick<ClaimOwner, 'node' | 'connection'> | undefined;
  readonly kind: MessageKind;
  readonly payload: Payload | undefined;
  /** M15: of the owner, where the message has one. */
  readonly proof?: string | undefined;
}

/** How `Taken` is written. */
interface StoredRemoval {
  readonly node?: NodeId;
  readonly connection?: ConnectionId;
  readonly upTo?: unknown;
  readonly at?: Millis;
}

/** What every entry may say: a time that counts instead of the engine's, in tests. */
interface TimeOverride {
  readonly at?: Millis;
}

/** Why what stands there says nothing to this node. */
export type EntryFault = { readonly why: 'unreadable' } | { readonly why: 'unknown-version'; readonly version: unknown };

const NEWLINE = 10;
const NO_BYTES = new Uint8Array(0);

/** Names in the journal are written out here: they stay when those of the code change. */
export function encodeClaim(claim: ClaimEntry, at: Millis | undefined): Uint8Array {
  return Buffer.from(JSON.stringify({ v: FORMAT_VERSION, at, owner: claim.owner, by: claim.changeId }));
}

export function encodeRemoval(removal: RemovalEntry, at: Millis | undefined): Uint8Array {
  const { node, connection } = removal;
  return Buffer.from(JSON.stringify({ v: FORMAT_VERSION, at, node, connection, upTo: removal.upTo }));
}

/** A head of JSON, and behind a line break the payloads as they came, one after the other. */
export function encodeBatch(letters: readonly StoredMessage[], at: Millis | undefined): Uint8Array {
  const heads = letters.map(({ payload, ...head }) => ({ ...head, bytes: payload?.byteLength }));
  const payloads = letters.map(({ payload }) => payload ?? NO_BYTES);
  return Buffer.concat([Buffer.from(`${JSON.stringify({ v: FORMAT_VERSION, at, letters: heads })}\n`), ...payloads]);
}

/** A lease, or a tick: that it was written is all it says. */
export function encodeMarker(at: Millis | undefined): Uint8Array {
  return Buffer.from(JSON.stringify({ v: FORMAT_VERSION, at }));
}

export function decodeClaim(bytes: Uint8Array): (ClaimEntry & TimeOverride) | EntryFault {
  const read = parseObject(bytes);
  if ('why' in read) return read;
  const { owner, by: change, at } = read.said as { owner?: ClaimOwner; by?: unknown; at?: Millis };
  const isWhole = typeof change === 'string' && (owner === undefined || isOwner(owner));
  return isWhole ? { owner, changeId: change, ...timeOverride(at) } : { why: 'unreadable' };
}

export function decodeRemoval(bytes: Uint8Array): (RemovalEntry & TimeOverride) | EntryFault {
  const read = parseObject(bytes);
  if ('why' in read) return read;
  const { node, connection, upTo: position, at } = read.said as StoredRemoval;
  const isWhole = typeof node === 'string' && typeof position === 'number' && ['number', 'undefined'].includes(typeof connection);
  return isWhole ? { node, connection, upTo: position, ...timeOverride(at) } : { why: 'unreadable' };
}

export function decodeBatch(bytes: Uint8Array): ({ readonly letters: readonly StoredMessage[] } & TimeOverride) | EntryFault {
  const end = bytes.indexOf(NEWLINE);
  const read = parseObject(end < 0 ? bytes : bytes.subarray(0, end));
  if ('why' in read) return read;
  const { letters: heads, at } = read.said as { letters?: unknown; at?: Millis };
  if (!Array.isArray(heads) || !heads.every(isMessageHead)) return { why: 'unreadable' };
  let next = end + 1;
  const letters = heads.map(({ from, to, sender, kind, proof, bytes: length }): StoredMessage => {
    const payload = length === undefined ? undefined : bytes.subarray(next, next + length);
    next += length ?? 0;
    return { from, to, sender, kind, payload, proof };
  });
  return next <= bytes.length ? { letters, ...timeOverride(at) } : { why: 'unreadable' };
}

export function decodeMarker(bytes: Uint8Array): TimeOverride | EntryFault {
  const read = parseObject(bytes);
  return 'why' in read ? read : timeOverride(read.said['at'] as Millis | undefined);
}

function timeOverride(at: Millis | undefined): TimeOverride {
  return at === undefined ? {} : { at };
}

function isOwner({ node, connection, digest }: ClaimOwner): boolean {
  return typeof node === 'string' && typeof connection === 'number' && typeof digest === 'string';
}

function isMessageHead(head: unknown): head is Omit<StoredMessage, 'payload'> & { readonly bytes?: number } {
  if (typeof head !== 'object' || head === null) return false;
  const { from, to, kind, bytes = 0 } = head as Record<string, unknown>;
  return [from, to, kind].every((text) => typeof text === 'string') && Number.isSafeInteger(bytes) && Number(bytes) >= 0;
}

function parseObject(bytes: Uint8Array): { readonly said: Readonly<Record<string, unknown>> } | EntryFault {
  try {
    const said = JSON.parse(Buffer.from(bytes).toString()) as Readonly<Record<string, unknown>> | null;
    if (typeof said !== 'object' || said === null) return { why: 'unreadable' };
    return said['v'] === FORMAT_VERSION ? { said } : { why: 'unknown-version', version: said['v'] };
  } catch {
    return { why: 'unreadable' };
  }
}
