import type { ConnectionId, NodeId, PeerId } from '../../../domain/ids.ts';
import type { MessageKind, Payload } from '../../../domain/message.ts';
import type { Millis } from '../../../domain/time.ts';

/** Of what stands in a journal. A node understands its own version only, and says so of others. */
const VERSION = 1;

/** Who owns an id. */
export interface Owner {
  readonly node: NodeId;
  readonly connection: ConnectionId;
  /** Of the token. */
  readonly digest: string;
}

/** Whether it is the very connection. */
export function isSame(
  owner: Pick<Owner, 'node' | 'connection'> | undefined,
  other: Pick<Owner, 'node' | 'connection'>,
): boolean {
  return owner !== undefined && owner.node === other.node && owner.connection === other.connection;
}

/** The state of one id. */
export interface Seat {
  /** Undefined for an id that is free. */
  readonly owner: Owner | undefined;
  /** Which change this is: of no other one. */
  readonly by: string;
}

/** Letters for an id up to a position are nobody's any more: a connection has collected them, or they have expired. */
export interface Taken {
  readonly node: NodeId;
  /** Undefined where they have expired. */
  readonly connection: ConnectionId | undefined;
  readonly upTo: number;
}

/** A message that waits. */
export interface Letter {
  readonly from: PeerId;
  readonly to: PeerId;
  /** Who spoke for `from`; undefined for what a broker itself has to say. */
  readonly sender: Pick<Owner, 'node' | 'connection'> | undefined;
  readonly kind: MessageKind;
  readonly payload: Payload | undefined;
  /** M15: of the owner, where the message has one. */
  readonly proof?: string | undefined;
}

/** How `Taken` is written. */
interface WrittenTaken {
  readonly node?: NodeId;
  readonly connection?: ConnectionId;
  readonly upTo?: unknown;
  readonly at?: Millis;
}

/** What every entry may say: a time that counts instead of the engine's, in tests. */
interface Stamp {
  readonly at?: Millis;
}

/** Why what stands there says nothing to this node. */
export type EntryFault = { readonly why: 'unreadable' } | { readonly why: 'unknown-version'; readonly version: unknown };

const NEWLINE = 10;
const NOTHING = new Uint8Array(0);

/** Names in the journal are written out here: they stay when those of the code change. */
export function writeSeat(seat: Seat, at: Millis | undefined): Uint8Array {
  return Buffer.from(JSON.stringify({ v: VERSION, at, owner: seat.owner, by: seat.by }));
}

export function writeTaken(taken: Taken, at: Millis | undefined): Uint8Array {
  const { node, connection } = taken;
  return Buffer.from(JSON.stringify({ v: VERSION, at, node, connection, upTo: taken.upTo }));
}

/** A head of JSON, and behind a line break the payloads as they came, one after the other. */
export function writeBag(letters: readonly Letter[], at: Millis | undefined): Uint8Array {
  const heads = letters.map(({ payload, ...head }) => ({ ...head, bytes: payload?.byteLength }));
  const payloads = letters.map(({ payload }) => payload ?? NOTHING);
  return Buffer.concat([Buffer.from(`${JSON.stringify({ v: VERSION, at, letters: heads })}\n`), ...payloads]);
}

/** A lease, or a tick: that it was written is all it says. */
export function writeSign(at: Millis | undefined): Uint8Array {
  return Buffer.from(JSON.stringify({ v: VERSION, at }));
}

export function readSeat(bytes: Uint8Array): (Seat & Stamp) | EntryFault {
  const read = jsonIn(bytes);
  if ('why' in read) return read;
  const { owner, by: change, at } = read.said as { owner?: Owner; by?: unknown; at?: Millis };
  const isWhole = typeof change === 'string' && (owner === undefined || isOwner(owner));
  return isWhole ? { owner, by: change, ...stamp(at) } : { why: 'unreadable' };
}

export function readTaken(bytes: Uint8Array): (Taken & Stamp) | EntryFault {
  const read = jsonIn(bytes);
  if ('why' in read) return read;
  const { node, connection, upTo: position, at } = read.said as WrittenTaken;
  const isWhole = typeof node === 'string' && typeof position === 'number' && ['number', 'undefined'].includes(typeof connection);
  return isWhole ? { node, connection, upTo: position, ...stamp(at) } : { why: 'unreadable' };
}

export function readBag(bytes: Uint8Array): ({ readonly letters: readonly Letter[] } & Stamp) | EntryFault {
  const end = bytes.indexOf(NEWLINE);
  const read = jsonIn(end < 0 ? bytes : bytes.subarray(0, end));
  if ('why' in read) return read;
  const { letters: heads, at } = read.said as { letters?: unknown; at?: Millis };
  if (!Array.isArray(heads) || !heads.every(isHead)) return { why: 'unreadable' };
  let next = end + 1;
  const letters = heads.map(({ from, to, sender, kind, proof, bytes: length }): Letter => {
    const payload = length === undefined ? undefined : bytes.subarray(next, next + length);
    next += length ?? 0;
    return { from, to, sender, kind, payload, proof };
  });
  return next <= bytes.length ? { letters, ...stamp(at) } : { why: 'unreadable' };
}

export function readSign(bytes: Uint8Array): Stamp | EntryFault {
  const read = jsonIn(bytes);
  return 'why' in read ? read : stamp(read.said['at'] as Millis | undefined);
}

function stamp(at: Millis | undefined): Stamp {
  return at === undefined ? {} : { at };
}

function isOwner({ node, connection, digest }: Owner): boolean {
  return typeof node === 'string' && typeof connection === 'number' && typeof digest === 'string';
}

function isHead(head: unknown): head is Omit<Letter, 'payload'> & { readonly bytes?: number } {
  if (typeof head !== 'object' || head === null) return false;
  const { from, to, kind, bytes = 0 } = head as Record<string, unknown>;
  return [from, to, kind].every((text) => typeof text === 'string') && Number.isSafeInteger(bytes) && Number(bytes) >= 0;
}

function jsonIn(bytes: Uint8Array): { readonly said: Readonly<Record<string, unknown>> } | EntryFault {
  try {
    const said = JSON.parse(Buffer.from(bytes).toString()) as Readonly<Record<string, unknown>> | null;
    if (typeof said !== 'object' || said === null) return { why: 'unreadable' };
    return said['v'] === VERSION ? { said } : { why: 'unknown-version', version: said['v'] };
  } catch {
    return { why: 'unreadable' };
  }
}
