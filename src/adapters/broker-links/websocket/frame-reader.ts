/** Receives complete messages of a server, and the end of the connection. */
export interface FrameHandlers {
  /** The bytes are valid for the call. */
  readonly message: (bytes: Uint8Array) => void;
  readonly ping: (bytes: Uint8Array) => void;
  /** A close frame, or bytes that no broker sends. No other call follows. */
  readonly ended: () => void;
}

const OPCODES = { binary: 0x82, close: 0x88, ping: 0x89, pong: 0x8a } as const;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
/** No valid message is larger: `max_message_bytes` is at most 64 MiB. */
const MAX_BYTES = 80 * 1024 * 1024;

/** Reads the frames of a WebSocket server: unmasked, binary, and not fragmented. */
export class FrameReader {
  readonly #handlers: FrameHandlers;
  /** Bytes that are at least needed to continue. */
  #needed = 0;
  #chunks: Buffer[] = [];
  #size = 0;
  #hasEnded = false;

  constructor(handlers: FrameHandlers) {
    this.#handlers = handlers;
  }

  /** @param bytes borrowed for the call. */
  read(bytes: Buffer): void {
    if (this.#hasEnded) return;
    if (this.#size === 0) return this.#parse(bytes);
    this.#chunks.push(Buffer.from(bytes));
    this.#size += bytes.length;
    if (this.#size < this.#needed) return;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#size = 0;
    this.#parse(all);
  }

  #parse(bytes: Buffer): void {
    let at = 0;
    while (!this.#hasEnded) {
      const end = this.#frameAt(bytes, at);
      if (end === undefined) break;
      at = end;
    }
    if (this.#hasEnded || at === bytes.length) return;
    const rest = Buffer.from(bytes.subarray(at));
    this.#chunks = [rest];
    this.#size = rest.length;
  }

  /** @returns the end of the frame; undefined if it is incomplete. */
  #frameAt(bytes: Buffer, at: number): number | undefined {
    const available = bytes.length - at;
    if (available < 2) return this.#need(2);
    const short = bytes[at + 1] ?? 0;
    const head = short === LENGTH_16 ? 4 : short === LENGTH_64 ? 10 : 2;
    if (available < head) return this.#need(head);
    let length = short;
    if (short === LENGTH_16) length = bytes.readUInt16BE(at + 2);
    // A masked frame has a larger number here, too.
    else if (short >= LENGTH_64) length = short === LENGTH_64 ? Number(bytes.readBigUInt64BE(at + 2)) : MAX_BYTES + 1;
    if (length > MAX_BYTES) return this.#end();
    if (available < head + length) return this.#need(head + length);
    this.#frame(bytes[at] ?? 0, bytes.subarray(at + head, at + head + length));
    return at + head + length;
  }

  #frame(opcode: number, payload: Uint8Array): void {
    if (opcode === OPCODES.binary) this.#handlers.message(payload);
    else if (opcode === OPCODES.ping) this.#handlers.ping(payload);
    else if (opcode !== OPCODES.pong) this.#end();
  }

  #need(bytes: number): undefined {
    this.#needed = bytes;
    return undefined;
  }

  #end(): undefined {
    this.#hasEnded = true;
    this.#handlers.ended();
    return undefined;
  }
}

/** A masked frame of a client. */
export function clientFrame(opcode: keyof typeof OPCODES, payload: Uint8Array, mask: Uint8Array): Buffer {
  const head = payload.length < LENGTH_16 ? 2 : 4;
  const frame = Buffer.alloc(head + mask.length + payload.length);
  frame[0] = OPCODES[opcode];
  if (head === 2) frame[1] = 0x80 | payload.length;
  else {
    frame[1] = 0x80 | LENGTH_16;
    frame.writeUInt16BE(payload.length, 2);
  }
  frame.set(mask, head);
  for (let at = 0; at < payload.length; at++) {
    frame[head + mask.length + at] = (payload[at] ?? 0) ^ (mask[at % mask.length] ?? 0);
  }
  return frame;
}
