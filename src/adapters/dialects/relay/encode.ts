import type { TopicEvent } from '../../../domain/topic.ts';
import { VERBATIM } from './decode.ts';

const PONG = Buffer.from('{"type":"pong"}');
const CLOSING_BRACE = 0x7d;

/** REL1, REL2, REL4. Undefined for events without a form on this wire. */
export function encodeEvent(event: TopicEvent): Uint8Array | undefined {
  if (event.event === 'pong') return PONG;
  if (event.event !== 'publication') return undefined;
  const { payload, type } = event.publication;
  return type === VERBATIM ? withCount(payload, event.subscribers) : payload;
}

/** REL2: appended last, because the last of two equal members applies. It overrides a `clients` member of the publisher. */
function withCount(frame: Uint8Array, subscribers: number): Uint8Array {
  const end = frame.lastIndexOf(CLOSING_BRACE);
  return Buffer.concat([frame.subarray(0, end), Buffer.from(`,"clients":${subscribers}}`)]);
}
