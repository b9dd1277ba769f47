import type { LinkItem } from '../../../application/ports/broker-links.ts';
import type { PeerId, RealmKey } from '../../../domain/ids.ts';
import type { MessageKind, Payload } from '../../../domain/message.ts';

/* The wire format of links: one item in each binary frame. The first byte is the type, then numbers in big endian. */

const TYPES = { open: 1, message: 2, close: 3, pong: 4, opened: 5, closed: 6, received: 7, ping: 8 } as const;
/** The positions are the wire format and must not change. */
const KINDS: readonly MessageKind[] = ['offer', 'answer', 'candidate', 'leave', 'expire'];
const HAS_PAYLOAD = 0x80;
const LANE_BYTES = 4;
const COUNT_BYTES = 8;
const MESSAGE_HEAD_BYTES = 1 + LANE_BYTES + 1;

let scratch = new Uint8Array(64 * 1024);

/** The bytes are valid until the next call. */
export function encodeItem(item: LinkItem): Uint8Array {
  switch (item.type) {
    case 'message':
      return encodeMessage(item.lane, item.kind, item.payload);
    case 'open':
      return encodeOpen(item);
    case 'ping':
    case 'pong':
      return Uint8Array.of(TYPES[item.type]);
    case 'received':
      return withNumbers(TYPES.received, undefined, item.count);
    case 'closed':
      return withNumbers(TYPES.closed, item.lane, item.delivered);
    default:
      return withNumbers(TYPES[item.type], item.lane, undefined);
  }
}

/** A payload is a view of `bytes`. @returns undefined for bytes of another form. */
export function decodeItem(bytes: Uint8Array): LinkItem | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  const type = bytes[0];
  if (type === TYPES.message) return decodeMessage(bytes, view);
  if (type === TYPES.open) return decodeOpen(bytes);
  if (type === TYPES.ping && length === 1) return { type: 'ping' };
  if (type === TYPES.pong && length === 1) return { type: 'pong' };
  if (type === TYPES.received && length === 1 + COUNT_BYTES) return { type: 'received', count: view.getFloat64(1) };
  if (type === TYPES.closed && length === 1 + LANE_BYTES + COUNT_BYTES) {
    return { type: 'closed', lane: view.getUint32(1), delivered: view.getFloat64(1 + LANE_BYTES) };
  }
  if (length !== 1 + LANE_BYTES) return undefined;
  if (type === TYPES.close) return { type: 'close', lane: view.getUint32(1) };
  return type === TYPES.opened ? { type: 'opened', lane: view.getUint32(1) } : undefined;
}

function encodeMessage(lane: number, kind: MessageKind, payload: Payload | undefined): Uint8Array {
  const length = MESSAGE_HEAD_BYTES + (payload?.length ?? 0);
  if (length > scratch.length) scratch = new Uint8Array(2 * length);
  scratch[0] = TYPES.message;
  writeUint32(1, lane);
  scratch[1 + LANE_BYTES] = KINDS.indexOf(kind) | (payload === undefined ? 0 : HAS_PAYLOAD);
  if (payload !== undefined) scratch.set(payload, MESSAGE_HEAD_BYTES);
  return scratch.subarray(0, length);
}

function decodeMessage(bytes: Uint8Array, view: DataView): LinkItem | undefined {
  if (bytes.length < MESSAGE_HEAD_BYTES) return undefined;
  const head = view.getUint8(1 + LANE_BYTES);
  const kind = KINDS[head & ~HAS_PAYLOAD];
  if (kind === undefined) return undefined;
  const payload = (head & HAS_PAYLOAD) === 0 ? undefined : bytes.subarray(MESSAGE_HEAD_BYTES);
  return { type: 'message', lane: view.getUint32(1), kind, payload };
}

function encodeOpen({ lane, realm, from, to, owner }: Extract<LinkItem, { type: 'open' }>): Uint8Array {
  return Buffer.concat([Uint8Array.of(TYPES.open), Buffer.from(JSON.stringify({ lane, realm, from, to, owner }))]);
}

function decodeOpen(bytes: Uint8Array): LinkItem | undefined {
  const { lane, realm, from, to, owner } = parseFields(bytes.subarray(1));
  const areTexts = [realm, from, to, owner].every((field) => typeof field === 'string');
  if (!areTexts || !Number.isSafeInteger(lane)) return undefined;
  const ids = { realm: realm as RealmKey, from: from as PeerId, to: to as PeerId };
  return { type: 'open', lane: Number(lane), ...ids, owner: String(owner) };
}

/** The fields of a JSON object; none for other bytes. */
export function parseFields(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const fields = JSON.parse(Buffer.from(bytes).toString()) as Readonly<Record<string, unknown>> | null;
    return typeof fields === 'object' && fields !== null ? fields : {};
  } catch {
    return {};
  }
}

function withNumbers(type: number, lane: number | undefined, count: number | undefined): Uint8Array {
  const bytes = new Uint8Array(1 + (lane === undefined ? 0 : LANE_BYTES) + (count === undefined ? 0 : COUNT_BYTES));
  const view = new DataView(bytes.buffer);
  bytes[0] = type;
  if (lane !== undefined) view.setUint32(1, lane);
  if (count !== undefined) view.setFloat64(bytes.length - COUNT_BYTES, count);
  return bytes;
}

function writeUint32(at: number, value: number): void {
  scratch[at] = value >>> 24;
  scratch[at + 1] = value >>> 16;
  scratch[at + 2] = value >>> 8;
  scratch[at + 3] = value;
}
