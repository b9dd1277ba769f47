import type { TopicEvent } from '../../../domain/topic.ts';

const BASE64 = /^[A-Za-z\d+/]*={0,2}$/;

/** SIO3, SIO5, SIO6: one line. Undefined for other events, and for a payload that is not base64. */
export function encodeEvent(event: TopicEvent): Uint8Array | undefined {
  if (event.event === 'receipt') return Buffer.from(JSON.stringify(['receipt', event.receipt]));
  if (event.event !== 'publication') return undefined;
  const { topics, payload } = event.publication;
  const data = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('latin1');
  if (data.length % 4 !== 0 || !BASE64.test(data)) return undefined;
  return Buffer.from(JSON.stringify(['message', topics[0], data]));
}
