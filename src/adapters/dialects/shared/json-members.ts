import { isUtf8 } from 'node:buffer';
import { INVALID, JsonScanner } from './json-scanner.ts';
import type { TextCache } from './text-cache.ts';

/** A value of another type than text. */
export const NOT_A_STRING = Symbol('no text');

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const QUOTE = 0x22;
const LETTER_N = 0x6e;
const ABSENT = -1;

/**
 * Finds members of a JSON object by name, in one pass over its bytes. Values are located and validated, not
 * built: a value can be passed on byte for byte, and nesting of any depth costs no stack. Of a name that is
 * repeated, the last member counts (M3). Members are numbered by their place in the list of names.
 */
export class JsonMembers {
  readonly #names: readonly string[];
  readonly #scanner: JsonScanner;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  #unknownCount = 0;

  /** @param names ASCII, at most eleven characters each; the most frequent first. */
  constructor(names: readonly string[], known: TextCache) {
    this.#names = names;
    this.#scanner = new JsonScanner(known);
    this.#starts = new Int32Array(names.length);
    this.#ends = new Int32Array(names.length);
  }

  /** Reads a frame. @returns false for anything but exactly one JSON object in UTF-8 (M10). */
  read(bytes: Uint8Array, isBinary: boolean): boolean {
    if (isBinary && !isUtf8(bytes)) return false;
    const scanner = this.#scanner;
    const starts = this.#starts;
    starts.fill(ABSENT);
    this.#unknownCount = 0;
    scanner.load(bytes);
    let at = scanner.skipWhitespace(0);
    if (scanner.byteAt(at) !== OPEN_OBJECT) return false;
    at = scanner.skipWhitespace(at + 1);
    if (scanner.byteAt(at) === CLOSE_OBJECT) return scanner.isEnd(at + 1);

    for (;;) {
      const nameEnd = scanner.skipString(at);
      if (nameEnd === INVALID) return false;
      const value = scanner.skipColon(nameEnd);
      if (value === INVALID) return false;
      const end = scanner.skipValue(value);
      if (end === INVALID) return false;
      const member = scanner.indexOfWord(at, nameEnd, this.#names);
      if (member < 0) this.#unknownCount += 1;
      else {
        starts[member] = value;
        this.#ends[member] = end;
      }
      at = scanner.skipWhitespace(end);
      if (scanner.byteAt(at) === CLOSE_OBJECT) return scanner.isEnd(at + 1);
      if (scanner.byteAt(at) !== COMMA) return false;
      at = scanner.skipWhitespace(at + 1);
    }
  }

  /** How many members have none of the names; repeated ones count each. */
  get unknownCount(): number {
    return this.#unknownCount;
  }

  has(member: number): boolean {
    return this.#start(member) !== ABSENT;
  }

  isNull(member: number): boolean {
    return this.has(member) && this.#scanner.byteAt(this.#start(member)) === LETTER_N;
  }

  /** The value as it was written: a view on `bytes`, the frame that was read. Undefined where there is none. */
  raw(member: number, bytes: Uint8Array): Uint8Array | undefined {
    return this.has(member) ? bytes.subarray(this.#start(member), this.#end(member)) : undefined;
  }

  /** Undefined where there is none; NO_TEXT for a value of another type, `null` too. */
  string(member: number): string | typeof NOT_A_STRING | undefined {
    const start = this.#start(member);
    if (start === ABSENT) return undefined;
    return this.#scanner.byteAt(start) === QUOTE ? this.#scanner.readString(start, this.#end(member)) : NOT_A_STRING;
  }

  /** Which of `words` the value is; -1 for none of them. @param words ASCII, at most eleven characters each. */
  wordIndex(member: number, words: readonly string[]): number {
    const start = this.#start(member);
    return start === ABSENT ? -1 : this.#scanner.indexOfWord(start, this.#end(member), words);
  }

  /** The texts in a list; its other elements are skipped. Undefined where the value is no list. */
  strings(member: number): string[] | undefined {
    const scanner = this.#scanner;
    const start = this.#start(member);
    if (start === ABSENT || scanner.byteAt(start) !== OPEN_ARRAY) return undefined;
    const texts: string[] = [];
    let at = scanner.skipWhitespace(start + 1);
    while (scanner.byteAt(at) !== CLOSE_ARRAY) {
      const end = scanner.skipValue(at);
      if (scanner.byteAt(at) === QUOTE) texts.push(scanner.readString(at, end));
      at = scanner.skipWhitespace(end);
      if (scanner.byteAt(at) === COMMA) at = scanner.skipWhitespace(at + 1);
    }
    return texts;
  }

  #start(member: number): number {
    return this.#starts[member] as number;
  }

  #end(member: number): number {
    return this.#ends[member] as number;
  }
}
