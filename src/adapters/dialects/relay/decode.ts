import type { FrameRequest } from '../../../application/ports/requests.ts';
import { jsonObjectIn, type JsonObject } from '../shared/json-object.ts';

/** REL2, REL4: what a publication is told as: the frame as it came and `clients`, or `{topic, payload}`. */
export const AS_IT_CAME = 'as it came';

const UNREADABLE: FrameRequest = { ask: 'unreadable' };
const PONG: FrameRequest = { ask: 'pong' };
const UNKNOWN: FrameRequest = { ask: 'nothing', why: 'not-relayed' };
const TOPIC_MISSING: FrameRequest = { ask: 'nothing', why: 'destination-missing' };
const TOPIC_NOT_TEXT: FrameRequest = { ask: 'nothing', why: 'destination-not-text' };

/** REL1, REL3, REL4: never throws. */
export function readFrame(bytes: Uint8Array, isBinary: boolean): FrameRequest {
  const frame = jsonObjectIn(bytes, isBinary);
  if (frame === undefined) return UNREADABLE;
  switch (frame['type']) {
    case 'subscribe':
      return { ask: 'join', selectors: topicsOf(frame).map((topic) => ({ topic })) };
    case 'unsubscribe':
      return { ask: 'part', selectors: topicsOf(frame).map((topic) => ({ topic })) };
    case 'publish':
      return publicationOf(frame, bytes);
    case 'ping':
      return PONG;
    default:
      return UNKNOWN;
  }
}

function publicationOf(frame: JsonObject, bytes: Uint8Array): FrameRequest {
  const { topic, payload } = frame;
  if (topic === undefined || topic === null || topic === '') return TOPIC_MISSING;
  if (typeof topic !== 'string') return TOPIC_NOT_TEXT;
  if (!isForTheOthers(frame)) return { ask: 'publish', draft: { topics: [topic], payload: bytes, type: AS_IT_CAME }, echo: true };
  return { ask: 'publish', draft: { topics: [topic], payload: Buffer.from(JSON.stringify({ topic, payload })) }, echo: false };
}

/** REL4: Trystero says exactly these three. */
function isForTheOthers(frame: JsonObject): boolean {
  return Object.hasOwn(frame, 'payload') && Object.keys(frame).length === 3;
}

/** REL1, REL4: one `topic`, or many `topics`. What is no text is passed over, as by the reference. */
function topicsOf({ topic, topics }: JsonObject): string[] {
  const all: unknown[] = Array.isArray(topics) ? topics : [topic];
  return all.filter((one) => typeof one === 'string');
}
