import { stopBits, WORD_BYTES } from './json-bytes.ts';
import { endOfWord } from './json-words.ts';
import type { TextCache } from './text-cache.ts';

/** The result of a `skip…` method if the text is not valid JSON. */
export const INVALID = -1;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const LETTER_U = 0x75;

/** The byte after the text. It is not valid in JSON, so an unfinished value is invalid there without a bounds check. */
const END = 0;

const INITIAL_BYTES = 16 * 1024;
/** Bytes of the longest word of a dialect, with its quotes and each character escaped in six bytes. */
const LONGEST_WORD = 2 + 6 * 'unsubscribe'.length;

/** 1 for each character that may follow a backslash. */
const SIMPLE_ESCAPES = table('"\\/bfnrt');
const HEX_DIGITS = table('0123456789abcdefABCDEF');

/**
 * Validates strict JSON (RFC 8259) in bytes, and finds the ends of values without building them. Every `skip…` method takes an
 * offset in the loaded text, and returns the offset after the item, or INVALID. No method recurses, so deep nesting can't
 * exhaust the stack.
 */
export class JsonScanner {
  /** A copy of the text, so that it can be read four bytes at a time from one buffer. */
  #bytes = new Uint8Array(INITIAL_BYTES);
  #words = new DataView(this.#bytes.buffer);
  #buffer = Buffer.from(this.#bytes.buffer);
  #length = 0;
  /** 1 for each open container that is an object, one byte a level. It grows with the deepest text. */
  #inObject = new Uint8Array(64);
  readonly #cache: TextCache;

  constructor(cache: TextCache) {
    this.#cache = cache;
  }

  /** Replaces the text. */
  load(text: Uint8Array): void {
    this.#cache.forgetFrame();
    // A word read may begin at the END byte.
    const size = text.length + WORD_BYTES;
    if (size > this.#bytes.length) this.#growFor(size);
    this.#bytes.set(text);
    this.#bytes[text.length] = END;
    this.#length = text.length;
  }

  /** The byte at an offset; END after the text. */
  byteAt(offset: number): number {
    return this.#bytes[offset] as number;
  }

  /** True if only whitespace follows. */
  isEnd(offset: number): boolean {
    return this.skipWhitespace(offset) === this.#length;
  }

  /**
   * The value of a string. @param start the offset of its opening quote. @param end the offset after its closing quote.
   * @param likely a value that is tried first.
   */
  readString(start: number, end: number, likely?: string): string {
    if (likely !== undefined && this.#cache.isLikely(likely, this.#words, start + 1, end - 1)) return likely;
    const cached = this.#cache.find(this.#words, start + 1, end - 1);
    if (cached !== undefined) return cached;
    if (this.#isEscaped(start, end)) return JSON.parse(this.#buffer.toString('utf8', start, end)) as string;
    const text = this.#buffer.toString('utf8', start + 1, end - 1);
    // Equal lengths mean that the string is ASCII.
    if (text.length === end - start - 2) this.#cache.add(text, this.#words, start + 1);
    return text;
  }

  /** The index in `words` of the string from `start` to before `end`, quotes included; -1 for none. @param words ASCII, short. */
  indexOfWord(start: number, end: number, words: readonly string[]): number {
    for (let i = 0; i < words.length; i++) if (this.#equals(start, end, words[i] as string)) return i;
    if (end - start > LONGEST_WORD || this.#bytes[start] !== QUOTE || !this.#isEscaped(start, end)) return -1;
    for (let i = 0; i < words.length; i++) if (endOfWord(this.#bytes, start, words[i] as string) === end - 1) return i;
    return -1;
  }

  #equals(start: number, end: number, word: string): boolean {
    if (end - start !== word.length + 2) return false;
    const bytes = this.#bytes;
    for (let i = 0; i < word.length; i++) if (bytes[start + 1 + i] !== word.charCodeAt(i)) return false;
    return bytes[start] === QUOTE;
  }

  #isEscaped(start: number, end: number): boolean {
    const bytes = this.#bytes;
    for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return true;
    return false;
  }

  skipWhitespace(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    for (;;) {
      const byte = bytes[at] as number;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return at;
      at++;
    }
  }

  /** @param start the offset of the opening quote. */
  skipString(start: number): number {
    const bytes = this.#bytes;
    const words = this.#words;
    if (bytes[start] !== QUOTE) return INVALID;
    let at = start + 1;
    for (;;) {
      let stops = stopBits(words.getInt32(at, true));
      while (stops === 0) stops = stopBits(words.getInt32((at += WORD_BYTES), true));
      at += indexOfLowestByte(stops);
      while (bytes[at] === BACKSLASH) {
        if (SIMPLE_ESCAPES[bytes[at + 1] as number] === 1) at += 2;
        else if ((at = this.#skipCodeEscape(at + 1)) === INVALID) return INVALID;
      }
      const byte = bytes[at] as number;
      if (byte === QUOTE) return at + 1;
      if (byte < 0x20) return INVALID;
    }
  }

  /** Any value of any depth. @param start the offset of its first byte. */
  skipValue(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    let depth = 0;
    let isObject = false;
    let isKey = false;
    for (;;) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        at = this.skipString(at);
        if (at === INVALID) return INVALID;
        if (isKey) {
          isKey = false;
          at = this.skipColon(at);
          if (at === INVALID) return INVALID;
          continue;
        }
      } else if (isKey) {
        return INVALID;
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        at = this.skipWhitespace(at + 1);
        // In ASCII, each closing bracket is its opening bracket plus two.
        if (bytes[at] !== byte + 2) {
          isObject = byte === OPEN_OBJECT;
          isKey = isObject;
          this.#enter(depth++, isObject);
          continue;
        }
        at++;
      } else {
        at = this.#skipScalar(at);
        if (at === INVALID) return INVALID;
      }
      // After a value, close all containers that end here.
      for (;;) {
        if (depth === 0) return at;
        at = this.skipWhitespace(at);
        const next = bytes[at];
        if (next === COMMA) {
          at = this.skipWhitespace(at + 1);
          isKey = isObject;
          break;
        }
        if (next !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) return INVALID;
        depth--;
        isObject = depth > 0 && this.#inObject[depth - 1] === 1;
        at++;
      }
    }
  }

  /** A colon and the whitespace around it. */
  skipColon(start: number): number {
    const colon = this.skipWhitespace(start);
    return this.#bytes[colon] === COLON ? this.skipWhitespace(colon + 1) : INVALID;
  }

  #enter(depth: number, isObject: boolean): void {
    if (depth === this.#inObject.length) {
      const grown = new Uint8Array(depth * 2);
      grown.set(this.#inObject);
      this.#inObject = grown;
    }
    this.#inObject[depth] = isObject ? 1 : 0;
  }

  #skipScalar(start: number): number {
    switch (this.#bytes[start]) {
      case 0x74:
        return this.#skipLiteral(start, 'true');
      case 0x66:
        return this.#skipLiteral(start, 'false');
      case 0x6e:
        return this.#skipLiteral(start, 'null');
      default:
        return this.#skipNumber(start);
    }
  }

  #skipLiteral(start: number, literal: string): number {
    for (let i = 0; i < literal.length; i++) if (this.#bytes[start + i] !== literal.charCodeAt(i)) return INVALID;
    return start + literal.length;
  }

  #skipNumber(start: number): number {
    const bytes = this.#bytes;
    let at = bytes[start] === MINUS ? start + 1 : start;
    at = bytes[at] === ZERO ? at + 1 : this.#skipDigits(at);
    if (at !== INVALID && bytes[at] === DOT) at = this.#skipDigits(at + 1);
    if (at === INVALID || !isExponentMark(bytes[at] as number)) return at;
    const sign = bytes[at + 1];
    return this.#skipDigits(sign === MINUS || sign === 0x2b ? at + 2 : at + 1);
  }

  /** At least one digit. */
  #skipDigits(start: number): number {
    let at = start;
    while (isDigit(this.#bytes[at] as number)) at++;
    return at === start ? INVALID : at;
  }

  /** @param at the offset after the backslash. */
  #skipCodeEscape(at: number): number {
    const bytes = this.#bytes;
    if (bytes[at] !== LETTER_U) return INVALID;
    for (let i = 1; i <= 4; i++) if (HEX_DIGITS[bytes[at + i] as number] !== 1) return INVALID;
    return at + 5;
  }

  #growFor(needed: number): void {
    let size = this.#bytes.length;
    while (size < needed) size *= 2;
    this.#bytes = new Uint8Array(size);
    this.#words = new DataView(this.#bytes.buffer);
    this.#buffer = Buffer.from(this.#bytes.buffer);
  }
}

/** The index of the byte with the lowest bit that is set, 0 to 3. */
function indexOfLowestByte(bits: number): number {
  return (31 - Math.clz32(bits & -bits)) >> 3;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

function isExponentMark(byte: number): boolean {
  return byte === 0x65 || byte === 0x45;
}

function table(characters: string): Uint8Array {
  const marks = new Uint8Array(256);
  for (const character of characters) marks[character.charCodeAt(0)] = 1;
  return marks;
}
