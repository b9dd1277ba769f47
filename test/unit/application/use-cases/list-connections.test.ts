import { describe, expect, it } from 'vitest';
import type { PeerPage, PeerQuery } from '../../../../src/application/ports/operations.ts';
import { TestBroker } from '../../../support/test-broker.ts';

function page(broker: TestBroker, query: Partial<PeerQuery> = {}): PeerPage {
  let answered: PeerPage | undefined;
  broker.broker.operations.peers({ limit: 100, ...query }, (given) => (answered = given));
  broker.advance(1);
  if (answered === undefined) throw new Error('the list was not answered');
  return answered;
}

function idsOf({ peers }: PeerPage): string[] {
  return peers.map(({ id }) => id);
}

describe('a list of connections', () => {
  it('ADM2: has the peers of one realm, or of all, by the beginning of their ids', () => {
    const broker = new TestBroker({ keys: ['peerjs', 'blue'] });
    for (const id of ['ann', 'anton', 'bob']) broker.connectPeer(id);
    broker.connectPeer('ann', { key: 'blue' });
    expect(idsOf(page(broker))).toEqual(['ann', 'anton', 'bob', 'ann']);
    expect(idsOf(page(broker, { realm: 'blue' }))).toEqual(['ann']);
    expect(idsOf(page(broker, { realm: 'peerjs', prefix: 'an' }))).toEqual(['ann', 'anton']);
    expect(idsOf(page(broker, { realm: 'green' }))).toEqual([]);
  });

  it('ADM2: continues behind the last peer of a page, also if that peer has gone', () => {
    const broker = new TestBroker();
    const peers = ['a', 'b', 'c', 'd', 'e'].map((id) => broker.connectPeer(id));
    const first = page(broker, { limit: 2 });
    peers[1]?.client.cut();
    const second = page(broker, { limit: 2, after: first.next });
    const third = page(broker, { limit: 2, after: second.next });
    expect([first, second, third].map(idsOf)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect([second.next, third.next]).toEqual(['3@alone', undefined]);
  });

  it('ADM2: has no next page if the last peer fits exactly', () => {
    const broker = new TestBroker();
    broker.connectPeer('a');
    expect(page(broker, { limit: 1 }).next).toBeUndefined();
  });
});
