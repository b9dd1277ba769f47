import { describe, expect, it } from 'vitest';
import { LinkedNodes } from '../../support/linked-nodes.ts';

describe('NodeLinks', () => {
  it('invites the node of a peer to open a link, and pings every second', () => {
    const cluster = new LinkedNodes();
    cluster.openLane();
    expect(cluster.sent('open')).toMatchObject([{ lane: 1, realm: 'peerjs', from: 'ann', to: 'bob' }]);
    const before = cluster.sent('ping').length;
    cluster.advance(10_000);
    expect(cluster.sent('ping').length - before).toBe(10);
    expect(cluster.sent('pong').length).toBe(cluster.sent('ping').length);
  });

  it('counts the links of a node and the messages on them', () => {
    const cluster = new LinkedNodes();
    const [one, two] = cluster.nodes;
    cluster.openLane();
    cluster.ann.send('bob', 4);
    cluster.advance(100);
    const readings = ({ telemetry }: typeof one): readonly unknown[] =>
      (['cluster_links', 'cluster_link_messages_total', 'cluster_links_ended_total'] as const).flatMap((name) =>
        telemetry.samples(name).map(({ labels, value }) => [...Object.values(labels), value].join(' ')),
      );
    expect(readings(one)).toEqual(['sender 1', 'receiver 0', 'out 1', 'in 0', '0']);
    expect(readings(two)).toEqual(['sender 0', 'receiver 1', 'out 0', 'in 1', '0']);
    cluster.links.wire(one.id, two.id).isSilent = true;
    cluster.advance(4_500);
    expect(readings(one).at(-1)).toBe('1');
  });

  it('uses the mailbox if the other node can not open a link', () => {
    const cluster = new LinkedNodes();
    const [one, two] = cluster.nodes;
    cluster.links.wire(two.id, one.id).isRefused = true;
    for (let n = 1; n <= 4; n++) {
      cluster.ann.send('bob', n);
      cluster.advance(3_000);
    }
    expect([cluster.bob.received, cluster.links.sent]).toEqual([[1, 2, 3, 4], []]);
  });

  it('ends a link that carries nothing for three seconds, and opens another one', () => {
    const cluster = new LinkedNodes();
    const [one, two] = cluster.nodes;
    cluster.openLane();
    cluster.links.wire(one.id, two.id).isSilent = true;
    cluster.ann.send('bob', 'lost');
    cluster.advance(4_500);
    expect(cluster.ann.received).toEqual(['EXPIRE']);
    cluster.links.repair();
    cluster.advance(1_000);
    for (let n = 4; n <= 6; n++) {
      cluster.ann.send('bob', n);
      cluster.advance(600);
    }
    expect([cluster.bob.received, cluster.sent('opened').length]).toEqual([[1, 2, 3, 4, 5, 6], 2]);
  });
});
