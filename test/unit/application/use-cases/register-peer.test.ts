import { describe, expect, it } from 'vitest';
import { House, pair } from '../../../support/house.ts';

const first = (house: House, query: string) => {
  const { heard, closed } = house.transport.connect({ path: '/peerjs', query });
  return [heard[0], closed?.code];
};

describe('registerPeer', () => {
  it.each(['', 'key=peerjs&id=ann', 'key=peerjs&token=t', 'id=ann&token=t', 'key=peerjs&id=&token=t'])(
    'O1: %s is not enough',
    (query) => {
      const text = '{"type":"ERROR","payload":{"msg":"No id, token, or key supplied to websocket server"}}';
      expect(first(new House(), query)).toEqual([text, 1008]);
    },
  );

  it('O2: a key that nobody gave out', () => {
    expect(first(new House(), 'key=x&id=ann&token=t')).toEqual([
      '{"type":"ERROR","payload":{"msg":"Invalid key provided"}}',
      1008,
    ]);
  });

  it('O3: a free id is welcome, and logged', () => {
    const house = new House();
    expect(first(house, 'key=peerjs&id=ann&token=t')).toEqual(['{"type":"OPEN"}', undefined]);
    expect(house.told).toContain('peer-opened');
  });

  it('O4: a taken id is refused, and its owner notices nothing', () => {
    const { house, ann } = pair();
    expect(house.opens('ann', { token: 'other' }).closedWith).toBe(1008);
    ann.offers('ann');
    expect(ann.heard).toHaveLength(1);
  });

  it('O6: more peers than the limit', () => {
    const { house } = pair({ concurrentLimit: 2 });
    const text = '{"type":"ERROR","payload":{"msg":"Server has reached its concurrent user limit"}}';
    expect(first(house, 'key=peerjs&id=eve&token=t')).toEqual([text, 1013]);
    expect(house.opens('eve', { token: 'other' }).closedWith).toBe(1013);
  });

  it('O7: an id that can not be', () => {
    expect(first(new House(), `key=peerjs&id=${'x'.repeat(129)}&token=t`)).toEqual([
      '{"type":"ERROR","payload":{"msg":"Invalid id"}}',
      1008,
    ]);
  });

  it('H4: the same id is free in every realm', () => {
    const house = new House({ keys: ['red', 'blue'] });
    expect(['red', 'blue'].map((key, i) => house.opens('ann', { key, token: `${i}` }).far.state)).toEqual(['open', 'open']);
  });
});
