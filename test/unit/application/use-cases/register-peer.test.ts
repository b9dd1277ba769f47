import { describe, expect, it } from 'vitest';
import { TestBroker, pair } from '../../../support/test-broker.ts';

const first = (broker: TestBroker, query: string) => {
  const { received, closed } = broker.transport.connect({ path: '/peerjs', query });
  return [received[0], closed?.code];
};

describe('registerPeer', () => {
  it.each(['', 'key=peerjs&id=ann', 'key=peerjs&token=t', 'id=ann&token=t', 'key=peerjs&id=&token=t'])(
    'O1: refuses incomplete credentials: %s',
    (query) => {
      const text = '{"type":"ERROR","payload":{"msg":"No id, token, or key supplied to websocket server"}}';
      expect(first(new TestBroker(), query)).toEqual([text, 1008]);
    },
  );

  it('O2: refuses an unknown key', () => {
    expect(first(new TestBroker(), 'key=x&id=ann&token=t')).toEqual([
      '{"type":"ERROR","payload":{"msg":"Invalid key provided"}}',
      1008,
    ]);
  });

  it('O3: registers a free id, and logs it', () => {
    const broker = new TestBroker();
    expect(first(broker, 'key=peerjs&id=ann&token=t')).toEqual(['{"type":"OPEN"}', undefined]);
    expect(broker.eventNames).toContain('peer-opened');
  });

  it('O4: refuses a taken id without effect on its owner', () => {
    const { broker, ann } = pair();
    expect(broker.connectPeer('ann', { token: 'other', address: '192.0.2.2' }).closeCode).toBe(1008);
    ann.sendOffer('ann');
    expect(ann.received).toHaveLength(1);
  });

  it('O15: registers a client whose previous socket ends after the handshake of the next one', () => {
    const { broker, ann } = pair();
    const next = broker.connectPeer('ann', { token: 'other' });
    broker.advance(50);
    ann.cut();
    expect(next.client.received).toEqual([]);
    broker.advance(50);
    expect(next.client.received).toEqual(['{"type":"OPEN"}']);
  });

  it('O15, O4: refuses the client after 100 ms if the previous socket stays open', () => {
    const { broker, ann } = pair();
    const next = broker.connectPeer('ann', { token: 'other' });
    broker.advance(99);
    expect(next.closeCode).toBeUndefined();
    broker.advance(1);
    expect([next.closeCode, ann.closeCode]).toEqual([1008, undefined]);
  });

  it('O15, O4: refuses at once if the owner of the id has sent a frame', () => {
    const { broker, ann } = pair();
    ann.sendOffer('bob');
    expect(broker.connectPeer('ann', { token: 'other' }).closeCode).toBe(1008);
  });

  it('O15: claims nothing for a client that leaves while it waits', () => {
    const { broker, ann } = pair();
    broker.connectPeer('ann', { token: 'other' }).cut();
    broker.advance(100);
    ann.cut();
    expect(broker.connectPeer('ann', { token: 'third' }).client.received).toEqual(['{"type":"OPEN"}']);
  });

  it('O6: refuses peers above the limit', () => {
    const { broker } = pair({ concurrentLimit: 2 });
    const text = '{"type":"ERROR","payload":{"msg":"Server has reached its concurrent user limit"}}';
    expect(first(broker, 'key=peerjs&id=eve&token=t')).toEqual([text, 1013]);
    expect(broker.connectPeer('eve', { token: 'other' }).closeCode).toBe(1013);
  });

  it('O7: refuses an invalid id', () => {
    expect(first(new TestBroker(), `key=peerjs&id=${'x'.repeat(129)}&token=t`)).toEqual([
      '{"type":"ERROR","payload":{"msg":"Invalid id"}}',
      1008,
    ]);
  });

  it('H4: registers the same id in every realm', () => {
    const broker = new TestBroker({ keys: ['red', 'blue'] });
    expect(['red', 'blue'].map((key, i) => broker.connectPeer('ann', { key, token: `${i}` }).client.state)).toEqual([
      'open',
      'open',
    ]);
  });
});
