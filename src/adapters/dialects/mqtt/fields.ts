import { isUtf8 } from 'node:buffer';

const MORE = 0x80;
const DIGIT_BITS = 7;
const MAX_DIGITS = 4;

/** MQ3: a number of 1 to 4 bytes. `size` is the number of its bytes. */
export interface VariableNumber {
  readonly value: number;
  readonly size: number;
}

/** MQ3. @returns undefined if bytes are missing; `malformed` after four bytes without an end. */
export function variableNumberAt(bytes: Uint8Array, start: number): VariableNumber | 'malformed' | undefined {
  let value = 0;
  for (let digit = 0; digit < MAX_DIGITS; digit++) {
    const byte = bytes[start + digit];
    if (byte === undefined) return undefined;
    value += (byte & (MORE - 1)) * 2 ** (DIGIT_BITS * digit);
    if (byte < MORE) return { value, size: digit + 1 };
  }
  return 'malformed';
}

const NOTHING = new Uint8Array();

/** Reads the fields of one packet, in order. After a field that is incomplete or invalid, all others are empty. */
export class FieldReader {
  readonly #bytes: Buffer;
  #at = 0;
  #isBroken = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Whether a field was incomplete or invalid. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Bytes that were not read. */
  get left(): number {
    return this.#isBroken ? 0 : this.#bytes.length - this.#at;
  }

  /** Whether all bytes were read, and all fields are valid. */
  get isComplete(): boolean {
    return !this.#isBroken && this.#at === this.#bytes.length;
  }

  byte(): number {
    const at = this.#take(1);
    return at < 0 ? 0 : (this.#bytes[at] ?? 0);
  }

  uint16(): number {
    const at = this.#take(2);
    return at < 0 ? 0 : this.#bytes.readUInt16BE(at);
  }

  uint32(): number {
    const at = this.#take(4);
    return at < 0 ? 0 : this.#bytes.readUInt32BE(at);
  }

  variableNumber(): number {
    const number = variableNumberAt(this.#bytes, this.#at);
    if (this.#isBroken || number === undefined || number === 'malformed') return this.#break();
    this.#at += number.size;
    return number.value;
  }

  /** Binary data with its length. */
  binary(): Uint8Array {
    return this.bytes(this.uint16());
  }

  /** MQ12, MQ13: UTF-8 with its length, without the character U+0000. */
  text(): string {
    const bytes = this.binary();
    if (bytes.includes(0) || !isUtf8(bytes)) this.#break();
    return this.#isBroken ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  }

  /** A view on the next `length` bytes. */
  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return at < 0 ? NOTHING : this.#bytes.subarray(at, at + length);
  }

  #take(length: number): number {
    const at = this.#at;
    if (this.#isBroken || at + length > this.#bytes.length) {
      this.#break();
      return -1;
    }
    this.#at += length;
    return at;
  }

  #break(): 0 {
    this.#isBroken = true;
    return 0;
  }
}

/** MQ3: the bytes of a number below 2^28. */
export function variableNumber(value: number): number[] {
  const digits: number[] = [];
  let rest = value;
  do {
    const digit = rest % MORE;
    rest = (rest - digit) / MORE;
    digits.push(rest > 0 ? digit + MORE : digit);
  } while (rest > 0);
  return digits;
}

/** UTF-8 with its length. @param text of at most 65,535 bytes. */
export function textField(text: string): Uint8Array {
  const length = Buffer.byteLength(text);
  const field = Buffer.allocUnsafe(2 + length);
  field.writeUInt16BE(length, 0);
  field.write(text, 2);
  return field;
}
