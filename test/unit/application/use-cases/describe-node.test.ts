import { describe, expect, it } from 'vitest';
import type { NodeOverview } from '../../../../src/application/ports/operations.ts';
import { TestBroker } from '../../../support/test-broker.ts';

function overview(broker: TestBroker): NodeOverview | undefined {
  let answered: NodeOverview | undefined;
  broker.broker.operations.overview(({ nodes }) => (answered = nodes[0]));
  return answered;
}

describe('the overview of a node', () => {
  it('ADM7: has its state, and its realms with their limits, the largest first', () => {
    const broker = new TestBroker({ keys: ['peerjs', 'blue'], concurrentLimit: 7, maxConnections: 9 });
    for (const id of ['ann', 'bob']) broker.connectPeer(id, { key: 'blue' });
    broker.connectPeer('ann');
    broker.advance(1_500);
    expect(overview(broker)).toMatchObject({
      ...{ node: 'alone', upFor: 1_500, isDraining: false, isEngineReachable: true, connections: 3, maxConnections: 9 },
      ...{ peers: 3, bans: 0, realmCount: 2, activity: { opened: 3, closed: 0, refused: 0, framesIn: 0, framesOut: 3 } },
      realms: [
        { realm: 'blue', peers: 2, limit: 7 },
        { realm: 'peerjs', peers: 1, limit: 7 },
      ],
    });
  });

  it('ADM7: lists at most 100 realms, those with the most peers', () => {
    const broker = new TestBroker({ keys: Array.from({ length: 450 }, (_, n) => `room-${n}`) });
    broker.connectPeer('ann', { key: 'room-449' });
    broker.connectPeer('ann', { key: 'room-250' });
    broker.connectPeer('bob', { key: 'room-250' });
    const { realms, realmCount, peers } = overview(broker) ?? {};
    expect([realms?.length, realmCount, peers, realms?.slice(0, 2).map(({ realm }) => realm)]).toEqual([
      ...[100, 450, 3],
      ['room-250', 'room-449'],
    ]);
  });
});
