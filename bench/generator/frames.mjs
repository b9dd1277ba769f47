/* WebSocket frames without a library. Frames are masked once, before anything is timed. */
import { Buffer } from 'node:buffer';

export const TEXT = 1;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** Not zero, because some servers skip unmasking for a zero mask and would look faster. */
const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

const LARGEST = 0xffff;
const LONG = 126;

/**
 * One complete, masked frame.
 * @param {Uint8Array} payload at most 65,535 bytes
 */
export function maskedFrame(payload, opcode = TEXT) {
  return Buffer.concat([frameHead(payload.length, opcode), maskedPart(payload, 0)]);
}

/** The head of a frame with this payload length. */
export function frameHead(payloadBytes, opcode = TEXT) {
  if (payloadBytes > LARGEST) throw new Error(`a frame of ${payloadBytes} bytes is larger than the limit of the generator, ${LARGEST}`);
  if (payloadBytes < LONG) return Buffer.from([0x80 | opcode, 0x80 | payloadBytes, ...MASK]);
  return Buffer.from([0x80 | opcode, 0x80 | LONG, payloadBytes >> 8, payloadBytes & 0xff, ...MASK]);
}

/** @param {Uint8Array} bytes a part of a payload @param {number} at its offset there */
export function maskedPart(bytes, at) {
  return Buffer.from(bytes.map((byte, i) => masked(byte, at + i)));
}

/** A byte of a payload as it is in the frame. @param {number} at its offset in the payload */
export function masked(byte, at) {
  return byte ^ MASK[at & 3];
}

/** Splits the byte stream of a server into frames. */
export class FrameReader {
  #onFrame;
  /** @type {Buffer | undefined} the beginning of an incomplete frame */
  #rest = undefined;

  /** @param {(opcode: number, bytes: Buffer, start: number, end: number) => void} onFrame may use the bytes until it returns */
  constructor(onFrame) {
    this.#onFrame = onFrame;
  }

  /** @param {Buffer} bytes borrowed for this call */
  read(bytes, start, end) {
    if (this.#rest === undefined) return this.#split(bytes, start, end);
    const all = Buffer.concat([this.#rest, bytes.subarray(start, end)]);
    this.#rest = undefined;
    this.#split(all, 0, all.length);
  }

  #split(bytes, start, end) {
    let at = start;
    while (end - at >= 2) {
      const length = bytes[at + 1];
      if (length > LONG) throw new Error('the server sent a frame that is masked, or longer than any frame that it received');
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
