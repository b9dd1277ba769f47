import { describe, expect, it } from 'vitest';
import { LinkedNodes } from '../../support/linked-nodes.ts';

describe('LaneSender', () => {
  it('M1, M17: sends over the link as soon as a lane is open, in the order of sending', () => {
    const cluster = new LinkedNodes();
    cluster.openLane();
    const before = cluster.sent('message').length;
    for (const n of [4, 5, 6]) cluster.ann.send('bob', n);
    cluster.advance(5);
    expect(cluster.bob.received).toEqual([1, 2, 3, 4, 5, 6]);
    expect(cluster.sent('message').length - before).toBe(3);
  });

  it('the first message opens no lane, because many peers send only one', () => {
    const cluster = new LinkedNodes();
    cluster.ann.send('bob', 1);
    cluster.advance(1_000);
    expect([cluster.bob.received, cluster.links.sent]).toEqual([[1], []]);
  });

  it('M13: messages under way are answered with EXPIRE when the link breaks, and later ones use the mailbox', () => {
    const cluster = new LinkedNodes();
    const [one, two] = cluster.nodes;
    cluster.openLane();
    cluster.links.wire(one.id, two.id).delay = 30;
    cluster.ann.send('bob', 'lost');
    cluster.links.break(one.id, two.id, true);
    cluster.advance(5);
    cluster.ann.send('bob', 'held');
    cluster.advance(50);
    expect([cluster.ann.received, cluster.bob.received]).toEqual([['EXPIRE'], [1, 2, 3, 'held']]);
  });

  it('M17: a message that arrives on a link after a later one from the mailbox is dropped', () => {
    const cluster = new LinkedNodes();
    const [one, two] = cluster.nodes;
    cluster.openLane();
    cluster.links.wire(two.id, one.id).isSilent = true;
    cluster.links.wire(one.id, two.id).delay = 2_900;
    cluster.ann.send('bob', 4);
    cluster.advance(1_500);
    cluster.links.wire(one.id, two.id).delay = 3_000;
    cluster.ann.send('bob', 'late');
    // The sender ends the silent link, and the receiver still reads from it.
    cluster.advance(2_600);
    expect([cluster.ann.received, cluster.bob.received]).toEqual([
      ['EXPIRE', 'EXPIRE'],
      [1, 2, 3, 4],
    ]);
    cluster.ann.send('bob', 'newer');
    cluster.advance(1_000);
    expect(cluster.bob.received).toEqual([1, 2, 3, 4, 'newer']);
  });

  it('M17: undelivered messages follow the peer to another node, through its mailbox', () => {
    const cluster = new LinkedNodes();
    const [one, two] = cluster.nodes;
    cluster.openLane();
    cluster.links.wire(one.id, two.id).delay = 30;
    cluster.ann.send('bob', 4);
    cluster.bob.close();
    cluster.ann.send('bob', 5);
    cluster.advance(100);
    const again = cluster.connect(1, 'bob');
    cluster.advance(50);
    expect([again.received, cluster.ann.received]).toEqual([[4, 5], []]);
  });

  it('M17: a peer that comes to the node of the sender receives no earlier message after a later one', () => {
    const cluster = new LinkedNodes();
    const [one, two] = cluster.nodes;
    cluster.openLane();
    cluster.links.wire(one.id, two.id).delay = 60;
    cluster.ann.send('bob', 'earlier');
    const near = cluster.connect(0, 'bob');
    cluster.advance(20);
    cluster.ann.send('bob', 'later');
    cluster.advance(300);
    expect([near.received, cluster.ann.received]).toEqual([['later'], ['EXPIRE']]);
  });

  it('O4: sends nothing over links after its lease, by its own clock', () => {
    const cluster = new LinkedNodes();
    cluster.openLane();
    cluster.nodes[0].cut();
    cluster.advance(4_000);
    const before = cluster.sent('message').length;
    cluster.ann.send('bob', 'late');
    cluster.advance(100);
    expect([cluster.sent('message').length - before, cluster.bob.received]).toEqual([0, [1, 2, 3]]);
    cluster.nodes[0].reconnect();
    cluster.advance(200);
    expect(cluster.bob.received).toEqual([1, 2, 3, 'late']);
  });

  it('peers go on talking over links while the engine is unreachable, until the lease ends', () => {
    const cluster = new LinkedNodes();
    cluster.openLane();
    for (const node of cluster.nodes) node.cut();
    cluster.advance(500);
    cluster.ann.send('bob', 4);
    cluster.advance(10);
    expect(cluster.bob.received).toEqual([1, 2, 3, 4]);
  });

  it('closes a lane that was not used for a minute', () => {
    const cluster = new LinkedNodes();
    cluster.openLane();
    cluster.advance(62_000);
    expect(cluster.sent('close')).toHaveLength(1);
    cluster.ann.send('bob', 4);
    cluster.advance(20);
    expect(cluster.bob.received).toEqual([1, 2, 3, 4]);
  });
});
