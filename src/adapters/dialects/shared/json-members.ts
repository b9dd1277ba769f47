import { isUtf8 } from 'node:buffer';
import { INVALID, JsonScanner } from './json-scanner.ts';
import type { TextCache } from './text-cache.ts';

/** The result for a value that is not a string. */
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
 * Finds members of a JSON object by name, in one pass over its bytes. Values are validated and located but not built, so
 * a value can be forwarded byte for byte, and deep nesting uses no stack. If a name is repeated, the last member applies
 * (M3). A member is identified by its index in the list of names.
 */
export class JsonMembers {
  readonly #names: readonly string[];
  readonly #scanner: JsonScanner;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  #unknownCount = 0;

  /** @param names ASCII, at most eleven characters each, in order of frequency. */
  constructor(names: readonly string[], cache: TextCache) {
    this.#names = names;
    this.#scanner = new JsonScanner(cache);
    this.#starts = new Int32Array(names.length);
    this.#ends = new Int32Array(names.length);
  }

  /** Reads a frame. @returns false unless it is exactly one JSON object in UTF-8 (M10). */
  read(bytes: Uint8Array, isBinary: boolean): boolean {
    if (isBinary && !isUtf8(bytes)) return false;
    const scanner = this.#scanner;
    const starts = this.#starts;
    // For a few numbers, a loop takes a tenth of the time of `fill`.
    for (let member = 0; member < starts.length; member++) starts[member] = ABSENT;
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

  /** The number of members with other names; each repetition counts. */
  get unknownCount(): number {
    return this.#unknownCount;
  }

  has(member: number): boolean {
    return this.#start(member) !== ABSENT;
  }

  isNull(member: number): boolean {
    return this.has(member) && this.#scanner.byteAt(this.#start(member)) === LETTER_N;
  }

  /** The bytes of the value: a view on `bytes`, the frame that was read. Undefined if the member is absent. */
  raw(member: number, bytes: Uint8Array): Uint8Array | undefined {
    return this.has(member) ? bytes.subarray(this.#start(member), this.#end(member)) : undefined;
  }

  /**
   * Undefined if the member is absent; NOT_A_STRING for a value of another type, including `null`.
   * @param likely a value that is tried first.
   */
  string(member: number, likely?: string): string | typeof NOT_A_STRING | undefined {
    const start = this.#start(member);
    if (start === ABSENT) return undefined;
    return this.#scanner.byteAt(start) === QUOTE ? this.#scanner.readString(start, this.#end(member), likely) : NOT_A_STRING;
  }

  /** The index of the value in `words`; -1 for none. @param words ASCII, at most eleven characters each. */
  wordIndex(member: number, words: readonly string[]): number {
    const start = this.#start(member);
    return start === ABSENT ? -1 : this.#scanner.indexOfWord(start, this.#end(member), words);
  }

  /**
   * The strings of a list; other elements are skipped. Undefined if the value is not a list.
   * @param max M23: a list of more strings is not read further.
   */
  strings(member: number, max: number): string[] | 'too-many' | undefined {
    const scanner = this.#scanner;
    const start = this.#start(member);
    if (start === ABSENT || scanner.byteAt(start) !== OPEN_ARRAY) return undefined;
    const texts: string[] = [];
    let at = scanner.skipWhitespace(start + 1);
    while (scanner.byteAt(at) !== CLOSE_ARRAY) {
      const end = scanner.skipValue(at);
      if (scanner.byteAt(at) === QUOTE && texts.push(scanner.readString(at, end)) > max) return 'too-many';
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
