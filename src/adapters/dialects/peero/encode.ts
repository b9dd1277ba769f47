import type { MessageKind, Payload, SignalMessage } from '../../../domain/message.ts';
import type { TopicEvent } from '../../../domain/topic.ts';
import type { JoinedBytes } from '../shared/joined-bytes.ts';

/** The types on the wire. */
const TYPES: Record<MessageKind, string> = {
  offer: 'offer',
  answer: 'answer',
  candidate: 'candidate',
  leave: 'remove',
  expire: 'error',
};

/** PEO3, PEO4, PEO6. The bytes are borrowed until the next call. */
export function encodeMessage({ kind, from, payload }: SignalMessage, joined: JoinedBytes): Uint8Array {
  if (kind === 'expire') return bytes({ type: TYPES[kind], peer: from, message: 'The peer could not be reached' });
  return withSignal({ type: TYPES[kind], peer: from }, payload, joined);
}

/** PEO2, PEO3, PEO5. Undefined for events without a form on this wire. The bytes are borrowed until the next call. */
export function encodeEvent(event: TopicEvent, joined: JoinedBytes): Uint8Array | undefined {
  switch (event.event) {
    case 'publication':
      return withSignal({ type: 'offer', peer: event.publication.from }, event.publication.payload, joined);
    case 'present':
      return bytes({ type: 'peers', peers: event.peers });
    case 'joined':
      return bytes({ type: 'announce', peer: event.peer });
    case 'left':
      return withSignal({ type: 'remove', peer: event.peer }, event.will, joined);
    default:
      return undefined;
  }
}

/** PEO1. */
export function encodeHello(id: string): Uint8Array {
  return bytes({ type: 'hello', peer: id });
}

/** Inserts the signal byte for byte. */
function withSignal(frame: object, signal: Payload | undefined, joined: JoinedBytes): Uint8Array {
  const head = bytes(frame);
  if (signal === undefined) return head;
  return joined.join([head.subarray(0, -1), Buffer.from(',"signal":'), signal, Buffer.from('}')]);
}

function bytes(frame: object): Buffer {
  return Buffer.from(JSON.stringify(frame));
}
