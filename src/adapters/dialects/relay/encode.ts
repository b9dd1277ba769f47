import type { TopicEvent } from '../../../domain/topic.ts';
import { VERBATIM } from './decode.ts';

const PONG = Buffer.from('{"type":"pong"}');
const CLOSING_BRACE = 0x7d;

/** REL1, REL2, REL4. Undefined for events without a form on this wire. */
export function encodeEvent(news: TopicEvent): Uint8Array | undefined {
  if (news.event === 'pong') return PONG;
  if (news.event !== 'publication') return undefined;
  const { payload, type } = news.publication;
  return type === VERBATIM ? withCount(payload, news.subscribers) : payload;
}

/** REL2: appended last, because the last of two equal members applies. It overrides a `clients` member of the publisher. */
function withCount(frame: Uint8Array, listeners: number): Uint8Array {
  const end = frame.lastIndexOf(CLOSING_BRACE);
  return Buffer.concat([frame.subarray(0, end), Buffer.from(`,"clients":${listeners}}`)]);
}
