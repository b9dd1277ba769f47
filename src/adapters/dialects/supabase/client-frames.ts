import { isUtf8 } from 'node:buffer';
import { JsonMembers } from '../shared/json-members.ts';
import { INVALID, JsonScanner } from '../shared/json-scanner.ts';
import type { TextCache } from '../shared/text-cache.ts';
import { isTooLong } from './channel-names.ts';

/** SB2: `1` for `vsn` 1.0.0, `2` for 2.0.0. */
export type Version = 1 | 2;

/** SB2, SB8: the parts that every frame of a client has. */
export interface FrameHead {
  readonly version: Version;
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
}

/** One frame of a client. The payload is a view on it. */
export type ClientFrame =
  | (FrameHead & { readonly kind: 'text'; readonly event: string; /** JSON. */ readonly payload: Uint8Array })
  /** SB8: a broadcast in a binary frame. @param event of the page. */
  | (FrameHead & {
      readonly kind: 'broadcast';
      readonly event: string;
      readonly isJson: boolean;
      readonly persists: boolean;
      readonly payload: Uint8Array;
    });

const PART_COUNT = 5;
const [JOIN_REF, REF, TOPIC, EVENT, PAYLOAD] = [0, 1, 2, 3, 4] as const;
const MEMBERS = ['join_ref', 'ref', 'topic', 'event', 'payload'];

const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, COMMA, QUOTE, LETTER_N] = [0x5b, 0x5d, 0x7b, 0x2c, 0x22, 0x6e];

/** SB8: the kind of a broadcast from a client, and the length of the lengths behind it. */
const BROADCAST_PUSH = 3;
const PUSH_HEAD_BYTES = 7;

/** SB2, SB8: reads frames. Shared by all connections; never throws. */
export class FrameReader {
  readonly #scanner: JsonScanner;
  readonly #members: JsonMembers;
  readonly #starts = new Int32Array(PART_COUNT);
  readonly #ends = new Int32Array(PART_COUNT);

  constructor(cache: TextCache) {
    this.#scanner = new JsonScanner(cache);
    this.#members = new JsonMembers(MEMBERS, cache);
  }

  /** @returns undefined for a frame that is none of either version. */
  read(bytes: Uint8Array, isBinary: boolean): ClientFrame | undefined {
    if (isBinary) return this.#push(bytes);
    const first = bytes.find((byte) => byte > 0x20);
    if (first === OPEN_ARRAY) return this.#array(bytes);
    return first === OPEN_OBJECT ? this.#object(bytes) : undefined;
  }

  /** Whether the bytes are one JSON value in UTF-8. */
  isJson(bytes: Uint8Array): boolean {
    if (!isUtf8(bytes)) return false;
    this.#scanner.load(bytes);
    const end = this.#scanner.skipValue(this.#scanner.skipWhitespace(0));
    return end !== INVALID && this.#scanner.isEnd(end);
  }

  #array(bytes: Uint8Array): ClientFrame | undefined {
    const scanner = this.#scanner;
    scanner.load(bytes);
    let at = scanner.skipWhitespace(0) + 1;
    for (let part = 0; part < PART_COUNT; part++) {
      const start = scanner.skipWhitespace(at);
      const end = scanner.skipValue(start);
      if (end === INVALID) return undefined;
      this.#starts[part] = start;
      this.#ends[part] = end;
      at = scanner.skipWhitespace(end);
      if (scanner.byteAt(at) !== (part === PAYLOAD ? CLOSE_ARRAY : COMMA)) return undefined;
      at += 1;
    }
    if (!scanner.isEnd(at)) return undefined;
    const texts = [JOIN_REF, REF, TOPIC, EVENT].map((part) => this.#textOf(part));
    return textFrame(2, texts, bytes.subarray(this.#starts[PAYLOAD], this.#ends[PAYLOAD]));
  }

  #object(bytes: Uint8Array): ClientFrame | undefined {
    const members = this.#members;
    if (!members.read(bytes, false)) return undefined;
    const texts = [JOIN_REF, REF, TOPIC, EVENT].map((member) => {
      const text = members.string(member);
      if (text === undefined || members.isNull(member)) return null;
      return typeof text === 'string' ? text : undefined;
    });
    return textFrame(1, texts, members.raw(PAYLOAD, bytes));
  }

  /** A text of the array; undefined for a value that is neither a text nor null. */
  #textOf(part: number): string | null | undefined {
    const start = this.#starts[part] ?? 0;
    const byte = this.#scanner.byteAt(start);
    if (byte === LETTER_N) return null;
    return byte === QUOTE ? this.#scanner.readString(start, this.#ends[part] ?? 0) : undefined;
  }

  /** SB8: `03`, five lengths and the encoding, then five texts and the payload. */
  #push(bytes: Uint8Array): ClientFrame | undefined {
    if (bytes[0] !== BROADCAST_PUSH || bytes.length < PUSH_HEAD_BYTES) return undefined;
    const encoding = bytes[PUSH_HEAD_BYTES - 1];
    let at = PUSH_HEAD_BYTES;
    const parts = Array.from(bytes.subarray(1, PUSH_HEAD_BYTES - 1), (length) => bytes.subarray(at, (at += length)));
    if (at > bytes.length || (encoding !== 0 && encoding !== 1) || !parts.every(isUtf8)) return undefined;
    const [joinRef = '', ref = '', topic = '', event = '', metadata = ''] = parts.map((part) => Buffer.from(part).toString());
    const payload = bytes.subarray(at);
    const isJson = encoding === 1;
    if (isJson && !this.isJson(payload)) return undefined;
    const head = { version: 2, joinRef: joinRef || null, ref: ref || null, topic } as const;
    return { ...head, kind: 'broadcast', event, isJson, persists: metadata !== '', payload };
  }
}

type Texts = readonly (string | null | undefined)[];

function textFrame(
  version: Version,
  [joinRef, ref, topic, event]: Texts,
  payload: Uint8Array | undefined,
): ClientFrame | undefined {
  if (joinRef === undefined || ref === undefined || payload === undefined) return undefined;
  if (typeof topic !== 'string' || typeof event !== 'string') return undefined;
  if ([joinRef ?? '', ref ?? '', event].some(isTooLong)) return undefined;
  return { kind: 'text', version, joinRef, ref, topic, event, payload };
}
