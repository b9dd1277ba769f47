import type { FrameRequest } from '../../../application/ports/requests.ts';
import { JsonMembers, NOT_A_STRING } from '../shared/json-members.ts';
import { TextCache } from '../shared/text-cache.ts';

/** REL2, REL4: marks a publication that is sent as its original frame with `clients`; others are sent as `{topic, payload}`. */
export const VERBATIM = 'as it came';

const MALFORMED: FrameRequest = { action: 'malformed' };
const PONG: FrameRequest = { action: 'pong' };
const UNKNOWN: FrameRequest = { action: 'ignore', why: 'not-relayed' };
const TOPIC_MISSING: FrameRequest = { action: 'ignore', why: 'destination-missing' };
const TOPIC_NOT_TEXT: FrameRequest = { action: 'ignore', why: 'destination-not-text' };

const TYPES = ['publish', 'ping', 'subscribe', 'unsubscribe'] as const;

/** The members that are read; all others are ignored. */
const MEMBERS = ['type', 'topic', 'topics', 'payload'] as const;
const TYPE = 0;
const TOPIC = 1;
const TOPICS = 2;
const PAYLOAD = 3;

/** REL1, M23: topics of one frame, unless a connection may have more. Each takes up to 1 µs. */
const MAX_LISTED_TOPICS = 10_000;

const TOPIC_KEY = Buffer.from('{"topic":');
const PAYLOAD_KEY = Buffer.from(',"payload":');
const END_OF_FRAME = Buffer.from('}');

/** REL1, REL3, REL4: reads frames. Publications are validated and forwarded byte for byte. */
export class Decoder {
  readonly #members = new JsonMembers(MEMBERS, new TextCache());
  readonly #maxListedTopics: number;

  /** @param topicsPerConnection the limit of topics of a connection. */
  constructor(topicsPerConnection = 0) {
    this.#maxListedTopics = Math.max(MAX_LISTED_TOPICS, topicsPerConnection);
  }

  /** Never throws. */
  decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    const members = this.#members;
    if (!members.read(bytes, isBinary)) return MALFORMED;
    switch (TYPES[members.wordIndex(TYPE, TYPES)]) {
      case 'subscribe':
        return this.#subscription('join-topics');
      case 'unsubscribe':
        return this.#subscription('leave-topics');
      case 'publish':
        return this.#publication(bytes);
      case 'ping':
        return PONG;
      default:
        return UNKNOWN;
    }
  }

  #publication(bytes: Uint8Array): FrameRequest {
    const members = this.#members;
    const topic = members.string(TOPIC);
    if (topic === undefined || topic === '' || members.isNull(TOPIC)) return TOPIC_MISSING;
    if (topic === NOT_A_STRING) return TOPIC_NOT_TEXT;
    const payload = this.#trysteroPayload(bytes);
    if (payload !== undefined) return { action: 'publish', draft: { topics: [topic], payload }, echo: false };
    return { action: 'publish', draft: { topics: [topic], payload: bytes, type: VERBATIM }, echo: true };
  }

  /** REL4: Trystero sends exactly `type`, `topic` and `payload`. Undefined for any other frame. */
  #trysteroPayload(bytes: Uint8Array): Uint8Array | undefined {
    const members = this.#members;
    const topic = members.raw(TOPIC, bytes);
    const payload = members.raw(PAYLOAD, bytes);
    if (topic === undefined || payload === undefined || members.unknownCount > 0 || members.has(TOPICS)) return undefined;
    return Buffer.concat([TOPIC_KEY, topic, PAYLOAD_KEY, payload, END_OF_FRAME]);
  }

  /** REL1, REL4: one `topic`, or a list of `topics`. Values of other types are skipped, as in the reference server. */
  #subscription(action: 'join-topics' | 'leave-topics'): FrameRequest {
    const one = this.#members.string(TOPIC);
    const all = this.#members.strings(TOPICS, this.#maxListedTopics) ?? (typeof one === 'string' ? [one] : []);
    return all === 'too-many' ? MALFORMED : { action, selectors: all.map((topic) => ({ topic })) };
  }
}
