import { describe, expect, it } from 'vitest';
import { LinkedNodes } from '../../support/linked-nodes.ts';

describe('LaneReceiver', () => {
  it('M17: opens a lane after the mailbox was fetched, and the sender is still at the other node', () => {
    const cluster = new LinkedNodes();
    cluster.nodes[1].connection.busDelay = 1_000;
    cluster.openLane();
    // The notifications of the first messages are late, so the fetch for the lane delivers them.
    expect([cluster.sent('opened').length, cluster.bob.received]).toEqual([1, [1, 2, 3]]);
  });

  it('M17: refuses a lane to a peer that has disconnected, and its messages wait in the mailbox', () => {
    const cluster = new LinkedNodes();
    const [one, two] = cluster.nodes;
    cluster.openLane();
    cluster.links.wire(one.id, two.id).delay = 50;
    cluster.bob.close();
    cluster.ann.send('bob', 5);
    cluster.advance(200);
    const again = cluster.connect(1, 'bob');
    cluster.advance(200);
    expect([cluster.bob.received, again.received, cluster.ann.received]).toEqual([[1, 2, 3], [5], []]);
  });

  it('M17: closes the lane of a sender that has moved to another node and uses the mailbox there', () => {
    const cluster = new LinkedNodes();
    const [one, two] = cluster.nodes;
    cluster.openLane();
    // The first node does not notice at once that ann has moved.
    one.connection.busDelay = 500;
    cluster.links.wire(one.id, two.id).delay = 100;
    cluster.ann.send('bob', 'old');
    const moved = cluster.connect(1, 'ann');
    cluster.advance(20);
    moved.send('bob', 'new');
    cluster.advance(1_000);
    expect([cluster.bob.received, cluster.ann.received]).toEqual([[1, 2, 3, 'new'], ['EXPIRE']]);
  });

  it('O4: delivers nothing after the lease of its node, by its own clock, and the messages wait in the mailbox', () => {
    const cluster = new LinkedNodes();
    cluster.openLane();
    cluster.nodes[1].cut();
    cluster.advance(4_000);
    cluster.ann.send('bob', 4);
    cluster.advance(100);
    expect([cluster.bob.received, cluster.sent('closed').length]).toEqual([[1, 2, 3], 1]);
    cluster.nodes[1].reconnect();
    cluster.advance(500);
    expect(cluster.bob.received).toEqual([1, 2, 3, 4]);
  });

  it('reports received messages once in 50 ms', () => {
    const cluster = new LinkedNodes();
    cluster.openLane();
    const before = cluster.sent('received').length;
    for (let n = 0; n < 40; n++) {
      cluster.ann.send('bob', n);
      cluster.advance(2);
    }
    cluster.advance(100);
    expect(cluster.sent('received').length - before).toBe(2);
    expect(cluster.sent('received').at(-1)?.count).toBe(cluster.sent('message').length);
  });
});
