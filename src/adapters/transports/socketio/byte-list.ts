const COMMA = 0x2c;
const ZERO = 0x30;
const NINE = 0x39;
const CLOSE = 0x5d;
const LARGEST = 255;

/** A decoded list of byte numbers. */
export interface ByteList {
  readonly bytes: Buffer;
  /** The position behind its `]`. */
  readonly end: number;
}

/**
 * SIO3: parses the JSON list of byte numbers whose `[` is at `start`, without a number object for each. Undefined for any other
 * text.
 */
export function readByteList(text: string, start: number): ByteList | undefined {
  // Each number takes at least one digit and one separator.
  const bytes = Buffer.allocUnsafe(((text.length - start) >>> 1) + 1);
  let length = 0;
  let at = start + 1;
  for (;;) {
    at = skipBlanks(text, at);
    if (length === 0 && text.charCodeAt(at) === CLOSE) return { bytes: Buffer.alloc(0), end: at + 1 };
    const first = at;
    let value = 0;
    for (let code = text.charCodeAt(at); code >= ZERO && code <= NINE && value <= LARGEST; code = text.charCodeAt(++at)) {
      value = value * 10 + code - ZERO;
    }
    if (at === first || value > LARGEST) return undefined;
    bytes[length++] = value;
    at = skipBlanks(text, at);
    const separator = text.charCodeAt(at++);
    if (separator === CLOSE) return { bytes: Buffer.from(bytes.subarray(0, length)), end: at };
    if (separator !== COMMA) return undefined;
  }
}

/** @returns the first position from `at` that is not JSON whitespace. */
export function skipBlanks(text: string, at: number): number {
  let next = at;
  for (let code = text.charCodeAt(next); code === 0x20 || (code >= 0x09 && code <= 0x0d);) code = text.charCodeAt(++next);
  return next;
}

const DIGITS: readonly Buffer[] = Array.from({ length: LARGEST + 1 }, (_, value) => Buffer.from(`${value},`));

/** SIO3: encodes `bytes` as byte numbers with commas between them, in ASCII. */
export function byteListText(bytes: Uint8Array): Buffer {
  const text = Buffer.allocUnsafe(bytes.length * 4);
  let length = 0;
  for (const value of bytes) {
    const digits = DIGITS[value] as Buffer;
    for (let i = 0; i < digits.length; i++) text[length++] = digits[i] as number;
  }
  return text.subarray(0, Math.max(0, length - 1));
}
