import type { News } from '../../../domain/topic.ts';
import { AS_IT_CAME } from './decode.ts';

const PONG = Buffer.from('{"type":"pong"}');
const CLOSING_BRACE = 0x7d;

/** REL1, REL2, REL4. Undefined for what this wire has no word for. */
export function newsText(news: News): Uint8Array | undefined {
  if (news.news === 'pong') return PONG;
  if (news.news !== 'publication') return undefined;
  const { payload, type } = news.publication;
  return type === AS_IT_CAME ? withCount(payload, news.listeners) : payload;
}

/** REL2: of a member that is there twice the last counts, so what the publisher wrote about it does not. */
function withCount(frame: Uint8Array, listeners: number): Uint8Array {
  const end = frame.lastIndexOf(CLOSING_BRACE);
  return Buffer.concat([frame.subarray(0, end), Buffer.from(`,"clients":${listeners}}`)]);
}
