import { expect, it } from 'vitest';
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import { ReceivedMessages } from '../../../src/application/received-messages.ts';
import type { MessageKind } from '../../../src/domain/message.ts';

it('ReceivedMessages: counts each type of message for its dialect', () => {
  const telemetry = new MemoryTelemetry();
  const received = new ReceivedMessages(telemetry, 'peerjs');
  const kinds: MessageKind[] = ['offer', 'answer', 'candidate', 'leave', 'expire'];
  for (const kind of kinds) received.count({ action: 'relay', kind, to: 'bob', payload: undefined });
  received.count({ action: 'leave' });
  received.count({ action: 'heartbeat' });
  received.count({ action: 'publish', draft: { topics: ['a'], payload: new Uint8Array() }, echo: false });
  received.count({ action: 'malformed' });
  const counts = telemetry.samples('messages_received_total').map(({ labels, value }) => [labels['type'], value]);
  expect(Object.fromEntries(counts)).toEqual({
    ...{ OFFER: 1, ANSWER: 1, CANDIDATE: 1, LEAVE: 2, EXPIRE: 1, HEARTBEAT: 1, publish: 1, other: 1 },
  });
});
