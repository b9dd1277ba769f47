import type { FrameRequest } from '../../../application/ports/requests.ts';
import { JsonMembers, NO_TEXT } from '../shared/json-members.ts';
import { KnownTexts } from '../shared/known-texts.ts';

/** REL2, REL4: the form of a publication: the frame as it came and `clients`, or `{topic, payload}`. */
export const AS_IT_CAME = 'as it came';

const UNREADABLE: FrameRequest = { ask: 'unreadable' };
const PONG: FrameRequest = { ask: 'pong' };
const UNKNOWN: FrameRequest = { ask: 'nothing', why: 'not-relayed' };
const TOPIC_MISSING: FrameRequest = { ask: 'nothing', why: 'destination-missing' };
const TOPIC_NOT_TEXT: FrameRequest = { ask: 'nothing', why: 'destination-not-text' };

const TYPES = ['publish', 'ping', 'subscribe', 'unsubscribe'] as const;

/** The members that have a meaning. */
const MEMBERS = ['type', 'topic', 'topics', 'payload'] as const;
const TYPE = 0;
const TOPIC = 1;
const TOPICS = 2;
const PAYLOAD = 3;

const BEFORE_TOPIC = Buffer.from('{"topic":');
const BEFORE_PAYLOAD = Buffer.from(',"payload":');
const BEHIND = Buffer.from('}');

/** REL1, REL3, REL4: reads frames. What is published is validated, and passed on byte for byte. */
export class Decoder {
  readonly #members = new JsonMembers(MEMBERS, new KnownTexts());

  /** Never throws. */
  decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    const members = this.#members;
    if (!members.read(bytes, isBinary)) return UNREADABLE;
    switch (TYPES[members.word(TYPE, TYPES)]) {
      case 'subscribe':
        return { ask: 'join', selectors: this.#topics() };
      case 'unsubscribe':
        return { ask: 'part', selectors: this.#topics() };
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
    const topic = members.text(TOPIC);
    if (topic === undefined || topic === '' || members.isNull(TOPIC)) return TOPIC_MISSING;
    if (topic === NO_TEXT) return TOPIC_NOT_TEXT;
    const payload = this.#payloadForOthers(bytes);
    if (payload !== undefined) return { ask: 'publish', draft: { topics: [topic], payload }, echo: false };
    return { ask: 'publish', draft: { topics: [topic], payload: bytes, type: AS_IT_CAME }, echo: true };
  }

  /** REL4: Trystero writes exactly `type`, `topic` and `payload`. Undefined for any other frame. */
  #payloadForOthers(bytes: Uint8Array): Uint8Array | undefined {
    const members = this.#members;
    const topic = members.raw(TOPIC, bytes);
    const payload = members.raw(PAYLOAD, bytes);
    if (topic === undefined || payload === undefined || members.others > 0 || members.has(TOPICS)) return undefined;
    return Buffer.concat([BEFORE_TOPIC, topic, BEFORE_PAYLOAD, payload, BEHIND]);
  }

  /** REL1, REL4: one `topic`, or a list of `topics`. Values of other types are skipped, as the reference does. */
  #topics(): { readonly topic: string }[] {
    const one = this.#members.text(TOPIC);
    const all = this.#members.texts(TOPICS) ?? (typeof one === 'string' ? [one] : []);
    return all.map((topic) => ({ topic }));
  }
}
