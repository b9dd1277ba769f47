import { expect, it } from 'vitest';
import { TestBroker } from '../../support/test-broker.ts';

it('registerGauges: adds up the realms that share a label, and counts topics by space', () => {
  const broker = new TestBroker({ keys: ['green', 'team-*'], dialects: ['peerjs', 'relay'], memoryBudget: 2 ** 30 });
  for (const key of ['green', 'team-1', 'team-2']) broker.connectPeer('ann', { key });
  const peers = broker.tally.samples('peers').map(({ labels, value }) => [labels['realm'], value]);
  expect(peers).toEqual([
    ['green', 1],
    ['other', 2],
  ]);
  const relay = broker.transport.connect({ path: '/relay' });
  relay.send(JSON.stringify({ type: 'subscribe', topics: ['a', 'b'] }));
  expect(broker.tally.samples('topics')).toContainEqual({ labels: { space: 'relay' }, value: 2 });
  expect(broker.tally.samples('memory_bytes')[0]?.value).toBeGreaterThan(0);
});
