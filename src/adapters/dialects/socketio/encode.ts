import type { TopicEvent } from '../../../domain/topic.ts';
import { base64Of } from '../shared/payload-forms.ts';

/** SIO3, SIO5, SIO6, T12: one line. Undefined for other events, and for a payload that has no bytes. */
export function encodeEvent(event: TopicEvent): Uint8Array | undefined {
  if (event.event === 'receipt') return Buffer.from(JSON.stringify(['receipt', event.receipt]));
  if (event.event !== 'publication') return undefined;
  const data = base64Of(event.publication);
  return data === undefined ? undefined : Buffer.from(JSON.stringify(['message', event.publication.topics[0], data]));
}
