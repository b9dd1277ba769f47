import type { Draft, Publication } from '../../../domain/topic.ts';
import { JsonMembers } from '../shared/json-members.ts';
import { INVALID, JsonScanner } from '../shared/json-scanner.ts';
import { bytesOf } from '../shared/payload-forms.ts';
import type { TextCache } from '../shared/text-cache.ts';
import { isTooLong } from './channel-names.ts';

/** SB8: a broadcast of a page. The payload is a view on the frame or body. */
export interface Broadcast {
  readonly event: string;
  /** Whether the payload is JSON in UTF-8, and not any bytes. */
  readonly isJson: boolean;
  readonly payload: Uint8Array;
}

/** SB17: the message of a Peerix peer, which names its topic. */
export interface PeerixMessage {
  readonly topic: string;
  readonly bytes: Uint8Array;
}

/** SB17: the event of Peerix, whose payload is a topic and a list of byte numbers. */
export const PEERIX_EVENT = 'message';

/** T13. */
const DIALECT = 'supabase';

const [OPEN_ARRAY, CLOSE_ARRAY, COMMA, QUOTE] = [0x5b, 0x5d, 0x2c, 0x22];
const MEMBERS = ['event', 'payload', 'persist', 'topic', 'private'];
const [EVENT, PAYLOAD, PERSIST, TOPIC, PRIVATE] = [0, 1, 2, 3, 4];
const NO_PAYLOAD = Buffer.from('{}');
const NOTHING = new Uint8Array();
const LETTER_T = 0x74;

/** SB8, SB11: a broadcast in an object, and the members that only a request has. */
export interface WrittenBroadcast extends Broadcast {
  readonly persists: boolean;
  readonly topic: string | undefined;
  readonly isPrivate: boolean;
}

/** SB8, SB11, SB17: reads broadcasts. Shared by all connections; never throws. */
export class BroadcastReader {
  readonly #members: JsonMembers;
  readonly #scanner: JsonScanner;

  constructor(cache: TextCache) {
    this.#members = new JsonMembers(MEMBERS, cache);
    this.#scanner = new JsonScanner(cache);
  }

  /** @param json UTF-8. @returns undefined for one that is not an object, or has no usable event. */
  read(json: Uint8Array): WrittenBroadcast | undefined {
    const members = this.#members;
    if (!members.read(json, false)) return undefined;
    const [event, topic] = [members.string(EVENT), members.string(TOPIC)];
    if (typeof event !== 'string' || isTooLong(event)) return undefined;
    return {
      ...{ event, isJson: true, payload: members.raw(PAYLOAD, json) ?? NO_PAYLOAD },
      persists: isSet(members.raw(PERSIST, json)),
      topic: typeof topic === 'string' ? topic : undefined,
      isPrivate: members.raw(PRIVATE, json)?.[0] === LETTER_T,
    };
  }

  /** SB17: undefined for a broadcast that is not one of Peerix. JSON in the payload is valid, and ends with the value. */
  peerixMessage({ event, isJson, payload }: Broadcast): PeerixMessage | undefined {
    if (event !== PEERIX_EVENT || !isJson || payload[0] !== OPEN_ARRAY) return undefined;
    const scanner = this.#scanner;
    scanner.load(payload);
    const start = scanner.skipWhitespace(1);
    const end = scanner.skipString(start);
    if (end === INVALID) return undefined;
    const comma = scanner.skipWhitespace(end);
    const list = scanner.skipWhitespace(comma + 1);
    if (scanner.byteAt(comma) !== COMMA || scanner.byteAt(list) !== OPEN_ARRAY) return undefined;
    // M23: the payload is valid, so that the list need not be scanned twice. `bytesOf` finds a third element.
    const bytes = bytesOf({ payload: payload.subarray(list, payload.lastIndexOf(CLOSE_ARRAY)), form: 'json' });
    return bytes && { topic: scanner.readString(start, end), bytes };
  }

  /** SB11: the objects of a list, each as its JSON. Undefined for anything else. @param json UTF-8. */
  list(json: Uint8Array, max: number): readonly Uint8Array[] | undefined {
    const scanner = this.#scanner;
    scanner.load(json);
    const items: Uint8Array[] = [];
    let at = scanner.skipWhitespace(0);
    if (scanner.byteAt(at) !== OPEN_ARRAY) return undefined;
    for (;;) {
      const start = scanner.skipWhitespace(at + 1);
      const end = scanner.skipValue(start);
      if (end === INVALID || items.push(json.subarray(start, end)) > max) return undefined;
      at = scanner.skipWhitespace(end);
      if (scanner.byteAt(at) === CLOSE_ARRAY) return scanner.isEnd(at + 1) ? items : undefined;
      if (scanner.byteAt(at) !== COMMA) return undefined;
    }
  }
}

/** SB16: `persist` is an object or true. */
function isSet(json: Uint8Array | undefined): boolean {
  return json !== undefined && (json[0] === LETTER_T || json[0] === QUOTE || json[0] === 0x7b);
}

/** T12, SB17: bytes for clients of all wires. */
export function sharedDraft({ topic, bytes }: PeerixMessage, isPrivate: boolean): Draft {
  return { topics: [topic], payload: bytes, form: 'bytes', isPrivate };
}

/**
 * T13, SB8: a broadcast for clients of this wire only. The extra is one byte for the encoding (1 for JSON), one byte for the
 * length of the event, the event and the payload.
 */
export function ownDraft(topic: string, { event, isJson, payload }: Broadcast, isPrivate: boolean): Draft {
  const name = Buffer.from(event);
  const bytes = Buffer.concat([Uint8Array.of(isJson ? 1 : 0, name.length), name, payload]);
  return { topics: [topic], payload: NOTHING, form: 'extra', isPrivate, extra: { dialect: DIALECT, bytes } };
}

/** The broadcast in a publication of this wire; undefined for one of another wire. */
export function ownBroadcast({ form, extra }: Publication): Broadcast | undefined {
  if (form !== 'extra' || extra?.dialect !== DIALECT) return undefined;
  const { bytes } = extra;
  const end = 2 + (bytes[1] ?? 0);
  return { event: Buffer.from(bytes.subarray(2, end)).toString(), isJson: bytes[0] === 1, payload: bytes.subarray(end) };
}
