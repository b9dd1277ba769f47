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

/** The state of one id. */
export interface Seat {
  /** Undefined for an id that is free. */
  readonly owner: Owner | undefined;
  /** Letters up to this revision are nobody's any more: collected, or expired. */
  readonly collected: number;
  /** Which change this is: of no other one. */
  readonly by: string;
}

/** A message that waits. */
export interface Letter {
  readonly from: PeerId;
  /** Who spoke for `from`; undefined for what a broker itself has to say. */
  readonly sender: Pick<Owner, 'node' | 'connection'> | undefined;
  readonly kind: MessageKind;
  readonly payload: Payload | undefined;
}

/** What every entry may say: a time that counts instead of the engine's, in tests. */
interface Stamp {
  readonly at?: Millis;
}

/** Why what stands there says nothing to this node. */
export type EntryFault = { readonly why: 'unreadable' } | { readonly why: 'unknown-version'; readonly version: unknown };

const NEWLINE = 10;

export function writeSeat({ owner, collected, by }: Seat, at: Millis | undefined): Uint8Array {
  return Buffer.from(JSON.stringify({ v: VERSION, at, owner, collected, by }));
}

/** A head of JSON, and behind a line break the payload as it came. */
export function writeLetter({ payload, ...head }: Letter, at: Millis | undefined): Uint8Array {
  const text = Buffer.from(`${JSON.stringify({ v: VERSION, at, ...head, bare: payload === undefined })}\n`);
  return payload === undefined ? text : Buffer.concat([text, payload]);
}

/** A lease, or a tick: that it was written is all it says. */
export function writeSign(at: Millis | undefined): Uint8Array {
  return Buffer.from(JSON.stringify({ v: VERSION, at }));
}

export function readSeat(bytes: Uint8Array): (Seat & Stamp) | EntryFault {
  const read = jsonIn(bytes);
  if ('why' in read) return read;
  const { owner, collected, by, at } = read.said as { owner?: Owner; collected?: unknown; by?: unknown; at?: Millis };
  const isWhole = typeof collected === 'number' && typeof by === 'string' && (owner === undefined || isOwner(owner));
  return isWhole ? { owner, collected, by, ...stamp(at) } : { why: 'unreadable' };
}

export function readLetter(bytes: Uint8Array): (Letter & Stamp) | EntryFault {
  const end = bytes.indexOf(NEWLINE);
  const read = jsonIn(end < 0 ? bytes : bytes.subarray(0, end));
  if ('why' in read) return read;
  const { from, sender, kind, bare, at } = read.said as unknown as Omit<Letter, 'payload'> & { bare: boolean } & Stamp;
  if (typeof from !== 'string' || typeof kind !== 'string') return { why: 'unreadable' };
  return { from, sender, kind, payload: bare ? undefined : bytes.subarray(end + 1), ...stamp(at) };
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

function jsonIn(bytes: Uint8Array): { readonly said: Readonly<Record<string, unknown>> } | EntryFault {
  try {
    const said = JSON.parse(Buffer.from(bytes).toString()) as Readonly<Record<string, unknown>> | null;
    if (typeof said !== 'object' || said === null) return { why: 'unreadable' };
    return said['v'] === VERSION ? { said } : { why: 'unknown-version', version: said['v'] };
  } catch {
    return { why: 'unreadable' };
  }
}
