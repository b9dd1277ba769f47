/* WebSocket frames by hand: what the generator sends is masked once, long before it is timed. */
import { Buffer } from 'node:buffer';

export const TEXT = 1;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** Not zero: some servers need not unmask then, and would look better than they are. */
const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

const LARGEST = 0xffff;
const LONG = 126;

/**
 * One whole frame as a peer has to send it.
 * @param {Uint8Array} payload at most 65,535 bytes
 */
export function maskedFrame(payload, opcode = TEXT) {
  return Buffer.concat([frameHead(payload.length, opcode), maskedPart(payload, 0)]);
}

/** What stands before a payload of this length. */
export function frameHead(payloadBytes, opcode = TEXT) {
  if (payloadBytes > LARGEST) throw new Error(`a frame of ${payloadBytes} bytes is more than the generator sends`);
  if (payloadBytes < LONG) return Buffer.from([0x80 | opcode, 0x80 | payloadBytes, ...MASK]);
  return Buffer.from([0x80 | opcode, 0x80 | LONG, payloadBytes >> 8, payloadBytes & 0xff, ...MASK]);
}

/** @param {Uint8Array} bytes a part of a payload @param {number} at where it begins there */
export function maskedPart(bytes, at) {
  return Buffer.from(bytes.map((byte, i) => masked(byte, at + i)));
}

/** A byte of a payload as it stands in the frame. @param {number} at its place in the payload */
export function masked(byte, at) {
  return byte ^ MASK[at & 3];
}

/** Cuts what a server sends into frames. */
export class FrameReader {
  #onFrame;
  /** @type {Buffer | undefined} the beginning of a frame whose end has not come yet */
  #rest = undefined;

  /** @param {(opcode: number, bytes: Buffer, start: number, end: number) => void} onFrame may use the bytes until it returns */
  constructor(onFrame) {
    this.#onFrame = onFrame;
  }

  /** @param {Buffer} bytes borrowed for this call */
  read(bytes, start, end) {
    if (this.#rest === undefined) return this.#cut(bytes, start, end);
    const all = Buffer.concat([this.#rest, bytes.subarray(start, end)]);
    this.#rest = undefined;
    this.#cut(all, 0, all.length);
  }

  #cut(bytes, start, end) {
    let at = start;
    while (end - at >= 2) {
      const length = bytes[at + 1];
      if (length > LONG) throw new Error('the server sent a frame that is masked, or longer than any that it was sent');
      const head = length === LONG ? 4 : 2;
      if (end - at < head) break;
      const payload = at + head;
      const next = payload + (length === LONG ? bytes.readUInt16BE(at + 2) : length);
      if (next > end) break;
      this.#onFrame(bytes[at] & 0x0f, bytes, payload, next);
      at = next;
    }
    if (at < end) this.#rest = Buffer.from(bytes.subarray(at, end));
  }
}
