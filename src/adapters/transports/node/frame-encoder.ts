const TEXT = 0x81;
const BINARY = 0x82;
const CLOSE = 0x88;
const PING = 0x89;
const PONG = 0x8a;
const LONGEST_SHORT = 125;
const LONGEST_MEDIUM = 0xff_ff;
/** A head with a length of eight bytes. */
const MAX_HEAD_BYTES = 10;

/** An empty ping. */
export const PING_FRAME: Uint8Array = Uint8Array.of(PING, 0);

/** A larger frame is shared with equal frames that follow: to compare costs less than to copy. */
const LARGEST_COPY_BYTES = 64 * 1024;

/** The last large frame, while a connection holds it: a publication has the same frame for each of its subscribers. */
let latest = new WeakRef<Buffer>(Buffer.alloc(0));

/** Where a frame is written. */
interface Memory {
  take(bytes: number): Buffer;
}

const OWN_MEMORY: Memory = { take: (bytes) => Buffer.allocUnsafe(bytes) };

/** A message in one frame. The frame must not be changed. */
export function dataFrame(payload: Uint8Array, isBinary: boolean, memory?: Memory): Buffer {
  const first = isBinary ? BINARY : TEXT;
  if (payload.length <= LARGEST_COPY_BYTES) return frame(first, payload, memory);
  const shared = latest.deref();
  if (shared?.[0] === first && shared.subarray(MAX_HEAD_BYTES).equals(payload)) return shared;
  const own = frame(first, payload);
  latest = new WeakRef(own);
  return own;
}

export function pongFrame(payload: Uint8Array): Buffer {
  return frame(PONG, payload);
}

/** @param payload a code and a reason, or nothing. */
export function closeFrame(payload: Uint8Array): Buffer {
  return frame(CLOSE, payload);
}

/** @param why at most 123 bytes. */
export function closePayload(code: number, why: string): Buffer {
  const reason = Buffer.from(why);
  return Buffer.concat([Uint8Array.of(code >> 8, code & 0xff), reason]);
}

/** Small writes are joined to one, because a list of buffers costs more than a copy. */
export const MAX_JOINED_BYTES = 32 * 1024;

/** @param into as long as all frames. */
export function joined(first: Uint8Array, further: readonly Uint8Array[], into: Buffer): Buffer {
  into.set(first);
  let at = first.length;
  for (const one of further) {
    into.set(one, at);
    at += one.length;
  }
  return into;
}

function frame(first: number, payload: Uint8Array, memory = OWN_MEMORY): Buffer {
  const { length } = payload;
  const head = headBytes(length);
  const bytes = memory.take(head + length);
  bytes[0] = first;
  if (length <= LONGEST_SHORT) bytes[1] = length;
  else if (length <= LONGEST_MEDIUM) {
    bytes[1] = 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = 127;
    bytes.writeBigUInt64BE(BigInt(length), 2);
  }
  bytes.set(payload, head);
  return bytes;
}

function headBytes(length: number): number {
  if (length <= LONGEST_SHORT) return 2;
  return length <= LONGEST_MEDIUM ? 4 : MAX_HEAD_BYTES;
}
