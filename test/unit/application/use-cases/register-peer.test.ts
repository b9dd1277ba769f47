import { describe, expect, it } from 'vitest';
import { TestBroker, pair } from '../../../support/test-broker.ts';

const first = (house: TestBroker, query: string) => {
  const { received, closed } = house.transport.connect({ path: '/peerjs', query });
  return [received[0], closed?.code];
};

describe('registerPeer', () => {
  it.each(['', 'key=peerjs&id=ann', 'key=peerjs&token=t', 'id=ann&token=t', 'key=peerjs&id=&token=t'])(
    'O1: %s is not enough',
    (query) => {
      const text = '{"type":"ERROR","payload":{"msg":"No id, token, or key supplied to websocket server"}}';
      expect(first(new TestBroker(), query)).toEqual([text, 1008]);
    },
  );

  it('O2: a key that nobody gave out', () => {
    expect(first(new TestBroker(), 'key=x&id=ann&token=t')).toEqual([
      '{"type":"ERROR","payload":{"msg":"Invalid key provided"}}',
      1008,
    ]);
  });

  it('O3: a free id is welcome, and logged', () => {
    const house = new TestBroker();
    expect(first(house, 'key=peerjs&id=ann&token=t')).toEqual(['{"type":"OPEN"}', undefined]);
    expect(house.eventNames).toContain('peer-opened');
  });

  it('O4: a taken id is refused, and its owner notices nothing', () => {
    const { house, ann } = pair();
    expect(house.connectPeer('ann', { token: 'other' }).closeCode).toBe(1008);
    ann.sendOffer('ann');
    expect(ann.received).toHaveLength(1);
  });

  it('O6: more peers than the limit', () => {
    const { house } = pair({ concurrentLimit: 2 });
    const text = '{"type":"ERROR","payload":{"msg":"Server has reached its concurrent user limit"}}';
    expect(first(house, 'key=peerjs&id=eve&token=t')).toEqual([text, 1013]);
    expect(house.connectPeer('eve', { token: 'other' }).closeCode).toBe(1013);
  });

  it('O7: an id that can not be', () => {
    expect(first(new TestBroker(), `key=peerjs&id=${'x'.repeat(129)}&token=t`)).toEqual([
      '{"type":"ERROR","payload":{"msg":"Invalid id"}}',
      1008,
    ]);
  });

  it('H4: the same id is free in every realm', () => {
    const house = new TestBroker({ keys: ['red', 'blue'] });
    expect(['red', 'blue'].map((key, i) => house.connectPeer('ann', { key, token: `${i}` }).client.state)).toEqual([
      'open',
      'open',
    ]);
  });
});
