import type { TopicEvent } from '../../../domain/topic.ts';
import type { JoinedBytes } from '../shared/joined-bytes.ts';
import { VERBATIM } from './decode.ts';

const PONG = Buffer.from('{"type":"pong"}');
const CLOSING_BRACE = 0x7d;

/** REL1, REL2, REL4. Undefined for events without a form on this wire. The bytes are borrowed until the next call. */
export function encodeEvent(event: TopicEvent, joined: JoinedBytes): Uint8Array | undefined {
  if (event.event === 'pong') return PONG;
  if (event.event !== 'publication') return undefined;
  const { payload, type } = event.publication;
  return type === VERBATIM ? withCount(payload, event.subscribers, joined) : payload;
}

/** REL2: appended last, because the last of two equal members applies. It overrides a `clients` member of the publisher. */
function withCount(frame: Uint8Array, subscribers: number, joined: JoinedBytes): Uint8Array {
  const end = frame.lastIndexOf(CLOSING_BRACE);
  return joined.join([frame.subarray(0, end), Buffer.from(`,"clients":${subscribers}}`)]);
}
