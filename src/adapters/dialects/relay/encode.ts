import type { TopicEvent } from '../../../domain/topic.ts';
import { VERBATIM } from './decode.ts';

const PONG = Buffer.from('{"type":"pong"}');
const CLOSING_BRACE = 0x7d;

/** REL1, REL2, REL4. Undefined for what this wire has no word for. */
export function encodeEvent(news: TopicEvent): Uint8Array | undefined {
  if (news.event === 'pong') return PONG;
  if (news.event !== 'publication') return undefined;
  const { payload, type } = news.publication;
  return type === VERBATIM ? withCount(payload, news.subscribers) : payload;
}

/** REL2: of a member that is there twice the last counts, so what the publisher wrote about it does not. */
function withCount(frame: Uint8Array, listeners: number): Uint8Array {
  const end = frame.lastIndexOf(CLOSING_BRACE);
  return Buffer.concat([frame.subarray(0, end), Buffer.from(`,"clients":${listeners}}`)]);
}
