import { expect, it } from 'vitest';
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import { MeteredBus } from '../../../src/application/metered-bus.ts';
import type { BusListener, BusMessage, BusPublication, NodeBus, NodeMessage } from '../../../src/application/ports/node-bus.ts';
import { peerId } from '../domain/session-fixture.ts';
import { nodeId, realmKey } from '../../../src/domain/ids.ts';

it('MeteredBus: counts messages by type and direction, and losses', async () => {
  const telemetry = new MemoryTelemetry();
  let listener: BusListener | undefined;
  const sent: BusMessage[] = [];
  let isClosed = false;
  const inner: NodeBus = {
    isReachable: false,
    listen: (given) => void (listener = given),
    broadcast: (message) => void sent.push(message),
    send: (_to, message) => void sent.push(message),
    close: () => Promise.resolve(void (isClosed = true)),
  };
  const bus = new MeteredBus(inner, telemetry);
  const received: BusMessage[] = [];
  let losses = 0;
  bus.listen({ onMessage: (message) => received.push(message), onMessagesLost: () => (losses += 1) });
  const publication = { type: 'publication' } as BusPublication;
  bus.broadcast(publication);
  const request = { type: 'request' } as NodeMessage;
  bus.send(nodeId('there'), request);
  const mail: BusMessage = { type: 'mail', realm: realmKey('green'), id: peerId('ann') };
  listener?.onMessage(mail);
  listener?.onMessagesLost();
  await bus.close();
  expect([sent, received, losses, isClosed, bus.isReachable]).toEqual([[publication, request], [mail], 1, true, false]);
  expect(telemetry.samples('cluster_words_total').map(({ labels, value }) => [...Object.values(labels), value])).toEqual([
    ['publication', 'out', 1],
    ['request', 'out', 1],
    ['mail', 'in', 1],
  ]);
  expect(telemetry.samples('cluster_missed_total')).toEqual([{ labels: {}, value: 1 }]);
  expect(telemetry.samples('cluster_reached')).toEqual([{ labels: {}, value: 0 }]);
});
