import type { ConnectionId, NodeId, PeerId } from '../../../domain/ids.ts';
import type { MessageKind, Payload } from '../../../domain/message.ts';
import type { Millis } from '../../../domain/time.ts';
import type { ClaimNumber } from '../../../domain/claim-number.ts';
import { FORMAT_VERSION } from '../shared/format-version.ts';

/** The owner of an id. */
export interface ClaimOwner {
  readonly node: NodeId;
  readonly connection: ConnectionId;
  /** Digest of the token. */
  readonly digest: string;
}

/** Whether both are the same connection of the same node. */
export function isSameConnection(
  owner: Pick<ClaimOwner, 'node' | 'connection'> | undefined,
  other: Pick<ClaimOwner, 'node' | 'connection'>,
): boolean {
  return owner !== undefined && owner.node === other.node && owner.connection === other.connection;
}

/** The claim of one id. */
export interface ClaimEntry {
  /** Undefined for an id that is free. */
  readonly owner: ClaimOwner | undefined;
  /** Unique id of this change. */
  readonly changeId: string;
  /** The number of a claim that was stored again after a loss of the stream. */
  readonly restored?: ClaimNumber | undefined;
}

/** The messages for an id up to a position are removed: collected by a connection, or expired. */
export interface RemovalEntry {
  readonly node: NodeId;
  /** Undefined if the messages have expired. */
  readonly connection: ConnectionId | undefined;
  readonly upTo: number;
  /** Unique id of this change. Undefined for an entry of an earlier release. */
  readonly changeId?: string | undefined;
}

/** A message in a batch. */
export interface StoredMessage {
  readonly from: PeerId;
  readonly to: PeerId;
  /** The connection that sent the message; undefined for a notice of a broker. */
  readonly sender: Pick<ClaimOwner, 'node' | 'connection'> | undefined;
  readonly kind: MessageKind;
  readonly payload: Payload | undefined;
  /** M15: proof of the owner, if the message has one. */
  readonly proof?: string | undefined;
}

/** The stored form of a `ClaimEntry`. */
interface StoredClaim {
  readonly owner?: ClaimOwner;
  readonly by?: unknown;
  readonly restored?: ClaimNumber;
  readonly at?: Millis;
}

/** The stored form of a `RemovalEntry`. */
interface StoredRemoval {
  readonly node?: NodeId;
  readonly connection?: ConnectionId;
  readonly upTo?: unknown;
  readonly by?: unknown;
  readonly at?: Millis;
}

/** In tests, an entry may have a time that replaces its timestamp. */
interface TimeOverride {
  readonly at?: Millis;
}

/** Reason why an entry is ignored. */
export type EntryFault = { readonly why: 'unreadable' } | { readonly why: 'unknown-version'; readonly version: unknown };

const NEWLINE = 10;
const NO_BYTES = new Uint8Array(0);

/** The field names are the stored format and must not change. */
export function encodeClaim(claim: ClaimEntry, at: Millis | undefined): Uint8Array {
  const { owner, changeId, restored } = claim;
  return Buffer.from(JSON.stringify({ v: FORMAT_VERSION, at, owner, by: changeId, restored }));
}

export function encodeRemoval(removal: RemovalEntry, at: Millis | undefined): Uint8Array {
  const { node, connection, upTo, changeId } = removal;
  return Buffer.from(JSON.stringify({ v: FORMAT_VERSION, at, node, connection, upTo, by: changeId }));
}

/** A JSON head, a newline, and the payloads one after the other. */
export function encodeBatch(messages: readonly StoredMessage[], at: Millis | undefined): Uint8Array {
  const heads = messages.map(({ payload, ...head }) => ({ ...head, bytes: payload?.byteLength }));
  const payloads = messages.map(({ payload }) => payload ?? NO_BYTES);
  return Buffer.concat([Buffer.from(`${JSON.stringify({ v: FORMAT_VERSION, at, letters: heads })}\n`), ...payloads]);
}

/** A lease or a tick. Such an entry has no content. */
export function encodeMarker(at: Millis | undefined): Uint8Array {
  return Buffer.from(JSON.stringify({ v: FORMAT_VERSION, at }));
}

export function decodeClaim(bytes: Uint8Array): (ClaimEntry & TimeOverride) | EntryFault {
  const read = parseObject(bytes);
  if ('why' in read) return read;
  const { owner, by: change, restored, at } = read.fields as StoredClaim;
  const isValid =
    typeof change === 'string' &&
    (owner === undefined || isOwner(owner)) &&
    (restored === undefined || (typeof restored.era === 'string' && typeof restored.count === 'number'));
  return isValid ? { owner, changeId: change, restored, ...timeOverride(at) } : { why: 'unreadable' };
}

export function decodeRemoval(bytes: Uint8Array): (RemovalEntry & TimeOverride) | EntryFault {
  const read = parseObject(bytes);
  if ('why' in read) return read;
  const { node, connection, upTo: position, by: change, at } = read.fields as StoredRemoval;
  const isValid = typeof node === 'string' && typeof position === 'number' && ['number', 'undefined'].includes(typeof connection);
  if (!isValid) return { why: 'unreadable' };
  const changeId = typeof change === 'string' ? change : undefined;
  return { node, connection, upTo: position, changeId, ...timeOverride(at) };
}

export function decodeBatch(bytes: Uint8Array): ({ readonly messages: readonly StoredMessage[] } & TimeOverride) | EntryFault {
  const end = bytes.indexOf(NEWLINE);
  const read = parseObject(end < 0 ? bytes : bytes.subarray(0, end));
  if ('why' in read) return read;
  const { letters: heads, at } = read.fields as { letters?: unknown; at?: Millis };
  if (!Array.isArray(heads) || !heads.every(isMessageHead)) return { why: 'unreadable' };
  let next = end + 1;
  const messages = heads.map(({ from, to, sender, kind, proof, bytes: length }): StoredMessage => {
    const payload = length === undefined ? undefined : bytes.subarray(next, next + length);
    next += length ?? 0;
    return { from, to, sender, kind, payload, proof };
  });
  return next <= bytes.length ? { messages, ...timeOverride(at) } : { why: 'unreadable' };
}

export function decodeMarker(bytes: Uint8Array): TimeOverride | EntryFault {
  const read = parseObject(bytes);
  return 'why' in read ? read : timeOverride(read.fields['at'] as Millis | undefined);
}

/** A lease of any version. Its `v` must be the same field in every version. */
export function decodeLease(bytes: Uint8Array): ({ readonly version: number } & TimeOverride) | EntryFault {
  const fields = parseFields(bytes);
  if (fields === undefined) return { why: 'unreadable' };
  const { v: version, at } = fields as { readonly v?: unknown; readonly at?: Millis };
  return typeof version === 'number' ? { version, ...timeOverride(at) } : { why: 'unknown-version', version };
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

/** A node ignores and logs entries of every other version. */
function parseObject(bytes: Uint8Array): { readonly fields: Readonly<Record<string, unknown>> } | EntryFault {
  const fields = parseFields(bytes);
  if (fields === undefined) return { why: 'unreadable' };
  return fields['v'] === FORMAT_VERSION ? { fields } : { why: 'unknown-version', version: fields['v'] };
}

function parseFields(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
    const fields = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    return typeof fields === 'object' && fields !== null ? fields : undefined;
  } catch {
    return undefined;
  }
}
