import { isUtf8 } from 'node:buffer';
import type { FrameRequest } from '../../../application/ports/requests.ts';
import type { MessageKind, Payload } from '../../../domain/message.ts';
import { BROKEN, JsonScanner } from './json-scan.ts';
import type { KnownTexts } from './known-texts.ts';

const UNREADABLE: FrameRequest = { ask: 'unreadable' };
const STAY: FrameRequest = { ask: 'stay' };
const LEAVE: FrameRequest = { ask: 'leave' };
const NOT_RELAYED: FrameRequest = { ask: 'nothing', why: 'not-relayed' };
const NOT_TEXT: FrameRequest = { ask: 'nothing', why: 'destination-not-text' };

type Meaning = MessageKind | 'heartbeat' | 'unknown';

/** Types that mean something, by the name that they have on the wire; the most frequent first. */
const MEANINGS: readonly (readonly [name: string, meaning: Meaning])[] = [
  ['CANDIDATE', 'candidate'],
  ['OFFER', 'offer'],
  ['ANSWER', 'answer'],
  ['HEARTBEAT', 'heartbeat'],
  ['LEAVE', 'leave'],
  ['EXPIRE', 'expire'],
];

/** Members that mean something. */
const KEYS = ['type', 'dst', 'payload'] as const;

/** A value that stands where it should be text, and is none. */
const NO_TEXT = Symbol('no text');

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COMMA = 0x2c;
const QUOTE = 0x22;
const LETTER_N = 0x6e;

/** M1 to M12: reads frames, each in one pass. The payload is found, not read, but all of it is checked. */
export class Decoder {
  readonly #scanner: JsonScanner;
  /** What the pass found; of a key that is repeated, the last (M3). */
  #meaning: Meaning = 'unknown';
  #dst: string | typeof NO_TEXT | undefined = undefined;
  #payload: Payload | undefined = undefined;

  constructor(known: KnownTexts) {
    this.#scanner = new JsonScanner(known);
  }

  decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    if (isBinary && !isUtf8(bytes)) return UNREADABLE;
    this.#meaning = 'unknown';
    this.#dst = undefined;
    this.#payload = undefined;
    this.#scanner.load(bytes);
    return this.#isObject(bytes) ? this.#request() : UNREADABLE;
  }

  #request(): FrameRequest {
    const kind = this.#meaning;
    if (kind === 'heartbeat') return STAY;
    if (kind === 'unknown') return NOT_RELAYED;
    const to = this.#dst;
    if (to === NO_TEXT) return NOT_TEXT;
    if (kind === 'leave' && !to) return LEAVE;
    return { ask: 'relay', kind, to, payload: this.#payload };
  }

  /** Whether the frame is exactly one JSON object. Notes what it says. */
  #isObject(bytes: Uint8Array): boolean {
    const scanner = this.#scanner;
    let at = scanner.skipSpace(0);
    if (scanner.at(at) !== OPEN_OBJECT) return false;
    at = scanner.skipSpace(at + 1);
    if (scanner.at(at) === CLOSE_OBJECT) return scanner.isEnd(at + 1);

    for (;;) {
      const keyEnd = scanner.skipString(at);
      if (keyEnd === BROKEN) return false;
      const value = scanner.skipColon(keyEnd);
      if (value === BROKEN) return false;
      const end = scanner.skipValue(value);
      if (end === BROKEN) return false;
      switch (scanner.find(at, keyEnd, KEYS)) {
        case 0:
          this.#meaning = this.#meaningAt(value, end);
          break;
        case 1:
          this.#dst = this.#textAt(value, end);
          break;
        case 2:
          this.#payload = bytes.subarray(value, end);
          break;
      }
      at = scanner.skipSpace(end);
      if (scanner.at(at) === CLOSE_OBJECT) return scanner.isEnd(at + 1);
      if (scanner.at(at) !== COMMA) return false;
      at = scanner.skipSpace(at + 1);
    }
  }

  #meaningAt(start: number, end: number): Meaning {
    return MEANINGS[this.#scanner.find(start, end, NAMES)]?.[1] ?? 'unknown';
  }

  /** M11, M12: text; undefined for `null`, which is as good as absent; NO_TEXT for anything else. */
  #textAt(start: number, end: number): string | typeof NO_TEXT | undefined {
    const first = this.#scanner.at(start);
    if (first === QUOTE) return this.#scanner.text(start, end);
    return first === LETTER_N ? undefined : NO_TEXT;
  }
}

const NAMES: readonly string[] = MEANINGS.map(([name]) => name);
