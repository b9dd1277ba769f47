import { expect, it } from 'vitest';
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import { eventCounts } from '../../../src/composition/event-counts.ts';

it('eventCounts: has the counters that are not zero, added up over their labels', () => {
  const telemetry = new MemoryTelemetry();
  telemetry.counter('messages_ignored_total', 'malformed').add(2);
  telemetry.counter('messages_ignored_total', 'sender-gone');
  telemetry.counter('messages_expired_total', 'green').add(1);
  telemetry.counter('messages_expired_total', 'red').add(3);
  telemetry.counter('ice_refused_total', 'rate-limited').add(5);
  telemetry.counter('ice_refused_total', 'sender-unknown').add(1);
  telemetry.counter('connections_refused_total', 'peerjs', 'too-many-realms').add(4);
  telemetry.counter('connections_refused_total', 'peerjs', 'id-taken').add(9);
  expect(eventCounts(telemetry)).toEqual({
    ...{ 'ignored:malformed': 2, expired: 4, 'ice-rate-limited': 5, 'ice-refused': 1, 'too-many-realms': 4 },
  });
});
