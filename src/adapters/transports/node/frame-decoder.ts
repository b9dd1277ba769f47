import { isUtf8 } from 'node:buffer';
import type { TransportFault } from '../../../application/ports/transport.ts';
import { QUEUED_FRAME_BYTES } from '../../../domain/memory-sizes.ts';
import { ReusedBytes } from '../../../domain/reused-bytes.ts';
import { GrowingBytes } from './growing-bytes.ts';
import { unmask } from './masking.ts';

/* The frames of clients, as RFC 6455 defines them, without extensions. */

const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const MASK_BYTES = 4;
const MAX_CONTROL_BYTES = 125;
const HALF = 2 ** 32;
/** M23: fragments of a message, and one more for so many bytes of the largest message. */
const MIN_FRAGMENTS = 2_048;
const BYTES_PER_FRAGMENT = 1_024;
/** More bytes of a message may follow. */
const MORE = Number.POSITIVE_INFINITY;

/** Receives what the frames of one connection contain. The bytes are borrowed for the call. */
export interface FrameReceiver {
  /** False if further bytes of the client are ignored. */
  readonly isReading: boolean;
  receiveMessage(bytes: Uint8Array, isBinary: boolean): void;
  /** M23: a part of a message, which is held or completes it. */
  receiveFragment(): void;
  receivePing(payload: Uint8Array): void;
  receivePong(): void;
  /** @param code 1005 if the frame has none. @param payload the code and the reason. */
  receiveClose(code: number, payload: Uint8Array): void;
  receiveFault(fault: TransportFault): void;
}

/** A frame whose payload is not complete yet. */
interface OpenFrame {
  readonly isFinal: boolean;
  readonly opcode: number;
  readonly mask: Uint8Array;
  /** Bytes of the payload that are not received yet. */
  missing: number;
  /** Bytes of the payload that are received. */
  received: number;
}

/** The received part of an incomplete frame or message. */
export interface HeldInput {
  /** The beginning of the head of a frame. */
  head: Uint8Array | undefined;
  frame: OpenFrame | undefined;
  /** The payload of an incomplete control frame, which may be between two fragments of a message. */
  control: GrowingBytes | undefined;
  /** The payload of an incomplete message. */
  message: GrowingBytes | undefined;
  /** The fragments of that message. */
  fragments: number;
  isBinary: boolean;
}

/** M23: a message in more fragments is a fault. */
export function maxFragments(maxMessageBytes: number): number {
  return MIN_FRAGMENTS + Math.ceil(maxMessageBytes / BYTES_PER_FRAGMENT);
}

/** B1: the memory that the input of an incomplete message needs. */
export function heldBytes(held: HeldInput | undefined): number {
  return held?.message === undefined ? 0 : held.message.capacity + QUEUED_FRAME_BYTES;
}

/** The input is used no longer. */
export function dropHeld(held: HeldInput | undefined): void {
  held?.message?.release();
}

/** Decodes the bytes of all connections of a transport: it keeps nothing of a connection between two calls. */
export class FrameDecoder {
  readonly #maxMessageBytes: number;
  readonly #maxFragments: number;
  /** For incomplete messages. */
  readonly #memory = new ReusedBytes();
  /** Of the frame that is being decoded. */
  readonly #mask = new Uint8Array(MASK_BYTES);
  // The head that was decoded last.
  #isFinal = true;
  #opcode = 0;
  #length = 0;
  #fault: TransportFault | undefined;

  /** @param maxMessageBytes M18: a larger message is a fault. */
  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
    this.#maxFragments = maxFragments(maxMessageBytes);
  }

  /** Decodes a chunk, and unmasks it in place. @param held the result of the call for the previous chunk. */
  decode(chunk: Buffer, held: HeldInput | undefined, receiver: FrameReceiver): HeldInput | undefined {
    let rest = held;
    const input = rest?.head === undefined ? chunk : Buffer.concat([rest.head, chunk]);
    if (rest !== undefined) rest.head = undefined;
    let at = rest?.frame === undefined ? 0 : this.#continueFrame(rest, rest.frame, input, receiver);
    while (at < input.length && receiver.isReading) {
      const headBytes = this.#decodeHead(input, at, rest?.message);
      if (this.#fault !== undefined) {
        receiver.receiveFault(this.#fault);
        return undefined;
      }
      const from = at + headBytes;
      if (headBytes === 0) {
        rest ??= nothingHeld();
        rest.head = Uint8Array.prototype.slice.call(input, at);
        break;
      }
      if (from + this.#length > input.length) {
        rest ??= nothingHeld();
        this.#beginFrame(rest, input, from);
        break;
      }
      at = from + this.#length;
      for (let step = 0; step < MASK_BYTES; step++) this.#mask[step] = input[from - MASK_BYTES + step] as number;
      unmask(input, { from, to: at, mask: this.#mask, phase: 0 });
      const payload = input.subarray(from, at);
      if (this.#opcode === OPCODES.continuation || (this.#opcode < OPCODES.close && !this.#isFinal)) {
        rest ??= nothingHeld();
        this.#append(rest, payload, receiver);
      } else if (this.#opcode >= OPCODES.close) control(this.#opcode, payload, receiver);
      else message(payload, this.#opcode === OPCODES.binary, receiver);
    }
    return rest === undefined || isEmpty(rest) ? undefined : rest;
  }

  /** @returns the size of the head; 0 if it is not complete. A fault is in `#fault`. */
  #decodeHead(input: Buffer, at: number, message: GrowingBytes | undefined): number {
    this.#fault = undefined;
    if (input.length - at < 2) return 0;
    const first = input[at] as number;
    const second = input[at + 1] as number;
    this.#isFinal = first >= 0x80;
    this.#opcode = first & 0x0f;
    this.#length = second & 0x7f;
    const isMasked = second >= 0x80;
    if ((first & 0x70) !== 0 || !isMasked || !this.#mayFollow(message !== undefined)) return this.#failed('frame-invalid');
    const headBytes = 2 + lengthBytes(this.#length) + MASK_BYTES;
    if (input.length - at < headBytes) return 0;
    if (this.#length === 126) this.#length = input.readUInt16BE(at + 2);
    else if (this.#length === 127) this.#length = input.readUInt32BE(at + 2) * HALF + input.readUInt32BE(at + 6);
    const isTooBig = this.#opcode < OPCODES.close && (message?.length ?? 0) + this.#length > this.#maxMessageBytes;
    return isTooBig ? this.#failed('message-too-big') : headBytes;
  }

  #failed(fault: TransportFault): 0 {
    this.#fault = fault;
    return 0;
  }

  /** Whether the frame may follow the previous one. */
  #mayFollow(isFragmented: boolean): boolean {
    if (this.#opcode === OPCODES.continuation) return isFragmented;
    if (this.#opcode === OPCODES.text || this.#opcode === OPCODES.binary) return !isFragmented;
    if (this.#opcode < OPCODES.close || this.#opcode > OPCODES.pong) return false;
    // One byte is no close code.
    if (this.#opcode === OPCODES.close && this.#length === 1) return false;
    return this.#isFinal && this.#length <= MAX_CONTROL_BYTES;
  }

  #beginFrame(rest: HeldInput, input: Buffer, from: number): void {
    const mask = Uint8Array.prototype.slice.call(input, from - MASK_BYTES, from);
    const frame = { isFinal: this.#isFinal, opcode: this.#opcode, mask, missing: this.#length, received: 0 };
    rest.frame = frame;
    if (frame.opcode >= OPCODES.close) rest.control = new GrowingBytes(this.#memory);
    else if (frame.opcode !== OPCODES.continuation) {
      rest.message = new GrowingBytes(this.#memory);
      rest.isBinary = frame.opcode === OPCODES.binary;
    }
    if (frame.opcode < OPCODES.close) rest.fragments += 1;
    take(rest, frame, input, from);
  }

  /** @returns the offset behind the frame. */
  #continueFrame(rest: HeldInput, frame: OpenFrame, input: Buffer, receiver: FrameReceiver): number {
    const at = take(rest, frame, input, 0);
    if (frame.missing > 0) return at;
    rest.frame = undefined;
    if (frame.opcode >= OPCODES.close) {
      const payload = rest.control?.bytes ?? new Uint8Array();
      rest.control = undefined;
      control(frame.opcode, payload, receiver);
    } else if (frame.isFinal) finish(rest, receiver);
    return at;
  }

  /** A complete fragment of a message. */
  #append(rest: HeldInput, payload: Uint8Array, receiver: FrameReceiver): void {
    if (rest.message === undefined) {
      rest.message = new GrowingBytes(this.#memory);
      rest.isBinary = this.#opcode === OPCODES.binary;
    }
    rest.fragments += 1;
    if (rest.fragments > this.#maxFragments) return receiver.receiveFault('too-many-fragments');
    receiver.receiveFragment();
    rest.message.append(payload, this.#isFinal ? 0 : MORE);
    if (this.#isFinal) finish(rest, receiver);
  }
}

/** Moves the received part of a payload into the held input. @returns the offset behind it. */
function take(rest: HeldInput, frame: OpenFrame, input: Buffer, from: number): number {
  const to = Math.min(input.length, from + frame.missing);
  unmask(input, { from, to, mask: frame.mask, phase: frame.received });
  const target = frame.opcode >= OPCODES.close ? rest.control : rest.message;
  target?.append(input.subarray(from, to), frame.isFinal ? frame.missing : MORE);
  frame.received += to - from;
  frame.missing -= to - from;
  return to;
}

/** The last fragment of a message is complete. */
function finish(rest: HeldInput, receiver: FrameReceiver): void {
  const { message: complete } = rest;
  rest.message = undefined;
  rest.fragments = 0;
  message(complete?.bytes ?? new Uint8Array(), rest.isBinary, receiver);
  complete?.release();
}

function message(payload: Uint8Array, isBinary: boolean, receiver: FrameReceiver): void {
  if (!isBinary && !isUtf8(payload)) return receiver.receiveFault('text-not-utf8');
  receiver.receiveMessage(payload, isBinary);
}

function control(opcode: number, payload: Uint8Array, receiver: FrameReceiver): void {
  if (opcode === OPCODES.ping) return receiver.receivePing(payload);
  if (opcode === OPCODES.pong) return receiver.receivePong();
  if (payload.length === 0) return receiver.receiveClose(1005, payload);
  const code = ((payload[0] as number) << 8) | (payload[1] as number);
  if (!isCloseCode(code)) return receiver.receiveFault('frame-invalid');
  if (!isUtf8(payload.subarray(2))) return receiver.receiveFault('text-not-utf8');
  receiver.receiveClose(code, payload);
}

/** Codes that an endpoint may send. */
function isCloseCode(code: number): boolean {
  if (code >= 1000 && code <= 1014) return code !== 1004 && code !== 1005 && code !== 1006;
  return code >= 3000 && code <= 4999;
}

function lengthBytes(length: number): number {
  if (length < 126) return 0;
  return length === 126 ? 2 : 8;
}

function nothingHeld(): HeldInput {
  return { head: undefined, frame: undefined, control: undefined, message: undefined, fragments: 0, isBinary: false };
}

function isEmpty({ head, frame, message }: HeldInput): boolean {
  return head === undefined && frame === undefined && message === undefined;
}
