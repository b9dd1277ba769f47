import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { Config } from '../../../src/composition/configuration/config.ts';
import type { Session } from '../../../src/domain/session.ts';
import type { FrameRequest } from '../../../src/application/ports/requests.ts';
import { TestBroker, pair } from '../../support/test-broker.ts';
import { SlowEngine } from '../../support/slow-engine.ts';

describe('Gateway', () => {
  it.each([
    ['{', 'ignored:malformed'],
    ['{"type":"OPEN"}', 'ignored:not-relayed'],
    ['{"type":"OFFER"}', 'ignored:destination-missing'],
    ['{"type":"OFFER","dst":7}', 'ignored:destination-not-text'],
    ['{"type":"LEAVE","dst":"eve"}', 'ignored:destination-absent'],
  ] as const)('M6, M9 to M12: ignores and counts %s, and keeps the connection open', (frame, counter) => {
    const { broker, ann, bob } = pair();
    ann.client.send(frame);
    ann.sendOffer('bob');
    expect([broker.counts()[counter] ?? 0, bob.received.length]).toEqual([1, 1]);
  });

  it('M10: closes 1007 after too many malformed messages', () => {
    const { ann } = pair({ malformedPerWindow: 2 });
    for (let i = 0; i < 3; i++) ann.client.send('nonsense');
    expect(ann.closeCode).toBe(1007);
  });

  it('M20: charges a ping like a message', () => {
    const { ann, bob } = pair({ messageBurst: 10, messagesPerSecond: 1 });
    for (let i = 0; i < 10; i++) ann.client.ping();
    expect(ann.closeCode).toBeUndefined();
    ann.client.ping();
    expect([ann.closeCode, bob.closeCode]).toEqual([1008, undefined]);
  });

  it('M7: closes 1000 on LEAVE without a destination', () => {
    const { ann } = pair();
    ann.send({ type: 'LEAVE' });
    expect(ann.closeCode).toBe(1000);
  });

  it('O5: ignores frames of a superseded socket', () => {
    const { broker, ann, bob } = pair();
    broker.connectPeer('ann');
    ann.sendOffer('bob');
    expect([ann.closeCode, bob.received]).toEqual([4001, []]);
  });

  it('M16, promise 2: notifies each sender of unsent messages before the receiver is removed', () => {
    const { broker, ann, bob } = pair();
    const eve = broker.connectPeer('eve');
    bob.client.stopReading();
    ann.sendOffer('bob', { n: 1 });
    eve.send({ type: 'CANDIDATE', dst: 'bob', payload: { n: 2 } });
    eve.send({ type: 'LEAVE', dst: 'bob' });
    bob.client.cut();
    expect([ann.received, eve.received]).toEqual([
      [{ type: 'LEAVE', src: 'bob', dst: 'ann' }],
      [{ type: 'LEAVE', src: 'bob', dst: 'eve' }],
    ]);
    expect(broker.counts()['undelivered'] ?? 0).toBe(3);
  });

  it('M16: does not notify a sender that has disconnected', () => {
    const { broker, ann, bob } = pair();
    bob.client.stopReading();
    ann.sendOffer('bob');
    ann.client.cut();
    bob.client.cut();
    expect([ann.received, broker.eventNames.includes('fault')]).toEqual([[], false]);
  });

  it('passes requests of open peers to the tap while the tap is enabled', () => {
    const received: FrameRequest['action'][] = [];
    const tap = {
      isEnabled: true,
      received: (_: Session, request: FrameRequest) => void received.push(request.action),
      sent: () => undefined,
    };
    const { ann } = pair({}, { tap });
    ann.send({ type: 'HEARTBEAT' });
    tap.isEnabled = false;
    ann.send({ type: 'HEARTBEAT' });
    expect(received).toEqual(['heartbeat']);
  });

  it('promise 6: an internal error closes only that connection, and is logged', () => {
    const tap = {
      isEnabled: true,
      sent: () => undefined,
      received: (session: Session) => {
        if (session.id === 'ann') throw new Error('a bug');
      },
    };
    const { broker, ann, bob } = pair({}, { tap });
    ann.sendOffer('bob');
    bob.sendOffer('bob');
    expect([ann.closeCode, bob.received.length, broker.eventNames.includes('fault')]).toEqual([1011, 1, true]);
  });

  it('promise 6: an internal error of an HTTP request is answered with 500, and is logged', () => {
    const broker = new TestBroker({}, { peerIds: { generate: () => JSON.parse('') as string } });
    expect(broker.transport.http('GET', '/peerjs/id').status).toBe(500);
    expect(broker.eventNames).toContain('fault');
  });

  it('promise 6: an internal error during admission is answered with 500, and is logged', () => {
    const isListed = (): boolean => {
      throw new Error('a bug');
    };
    const broker = new TestBroker({}, { origins: { allow: 'listed', isListed } });
    const { refusal } = broker.transport.connect({ path: '/peerjs', query: '', headers: { origin: 'https://a.test' } });
    expect([refusal?.status, broker.eventNames.includes('fault')]).toEqual([500, true]);
  });
});

const LEASE = 3_000;

function setUp(config: Partial<Config> = {}): { broker: TestBroker; engine: SlowEngine; clock: ManualClock } {
  const clock = new ManualClock();
  const engine = new SlowEngine(clock, LEASE);
  const broker = new TestBroker(config, { clock, engine });
  return { broker, engine, clock };
}

describe('frames that arrive before the connection is open', () => {
  it('O14: are relayed after OPEN, in order', () => {
    const { broker, engine } = setUp();
    const bob = broker.connectPeer('bob');
    engine.pause();
    const ann = broker.connectPeer('ann');
    for (const n of [1, 2, 3]) ann.sendOffer('bob', n);
    expect([bob.received, ann.client.received]).toEqual([[], []]);
    engine.resume();
    ann.sendOffer('bob', 4);
    expect(bob.received).toMatchObject([1, 2, 3, 4].map((payload) => ({ type: 'OFFER', src: 'ann', payload })));
    expect(ann.client.received).toEqual(['{"type":"OPEN"}']);
  });

  it('O14, M17: are handled after the held messages are delivered', () => {
    const { broker, engine } = setUp();
    const bob = broker.connectPeer('bob');
    bob.sendOffer('ann', 'before');
    engine.pause();
    const ann = broker.connectPeer('ann');
    ann.sendOffer('ann', 'after');
    engine.resume();
    expect(ann.received).toMatchObject([{ payload: 'before' }, { payload: 'after' }]);
  });

  it('O14, M7: close the connection after OPEN if they request to leave', () => {
    const { broker, engine } = setUp();
    engine.pause();
    const ann = broker.connectPeer('ann');
    ann.send({ type: 'LEAVE' });
    engine.resume();
    expect([ann.client.received, ann.closeCode]).toEqual([['{"type":"OPEN"}'], 1000]);
  });

  it('O14, O4: are dropped if the id belongs to another token', () => {
    const { broker, engine } = setUp();
    const [bob] = [broker.connectPeer('bob'), broker.connectPeer('ann', { address: '192.0.2.2' })];
    engine.pause();
    const thief = broker.connectPeer('ann', { token: 'his' });
    thief.sendOffer('bob');
    engine.resume();
    expect([thief.closeCode, bob.received]).toEqual([1008, []]);
  });

  it('O14, O5: are answered with EXPIRE on the socket that superseded the connection', () => {
    const { broker, engine, clock } = setUp();
    engine.pause();
    const [old, current] = [broker.connectPeer('ann'), broker.connectPeer('ann')];
    old.sendOffer('bob', 1);
    old.send({ type: 'HEARTBEAT' });
    old.send({ type: 'OFFER', dst: '' });
    engine.handleNext(2);
    engine.resume();
    clock.advance(LEASE);
    expect([old.closeCode, current.closeCode]).toEqual([4001, undefined]);
    expect(current.received).toEqual([{ type: 'EXPIRE', src: 'bob', dst: 'ann' }]);
  });

  it('O14, O5, M23: are answered some in each turn, also after the superseded socket has ended', () => {
    const { broker, engine, clock } = setUp({ messageBurst: 1_000 });
    engine.pause();
    const [old, current] = [broker.connectPeer('ann'), broker.connectPeer('ann')];
    for (let n = 0; n < 120; n++) old.sendOffer(`bob${n}`, n);
    engine.handleNext(2);
    engine.resume();
    expect(old.closeCode).toBe(4001);
    old.client.cut();
    clock.advance(0);
    // The first slice was refused before the new connection was open, so that its notices are held until the next fetch.
    expect(current.received).toHaveLength(70);
    clock.advance(LEASE);
    const absent = current.received.map((frame) => (frame as { type: 'EXPIRE'; src: string }).src);
    expect(absent.toSorted()).toEqual(Array.from({ length: 120 }, (_, n) => `bob${n}`).toSorted());
  });

  it('O14, L1: keep the connection alive', () => {
    const { broker, engine, clock } = setUp({ aliveTimeout: 10_000 });
    engine.pause();
    const ann = broker.connectPeer('ann');
    for (let n = 0; n < 5; n++) {
      clock.advance(5_000);
      ann.send({ type: 'HEARTBEAT' });
    }
    engine.resume();
    expect(ann.closeCode).toBe(undefined);
  });

  it('O14, M19: count for the rate limit on arrival', () => {
    const { broker, engine } = setUp({ messageBurst: 2, onFlood: 'close' });
    const bob = broker.connectPeer('bob');
    engine.pause();
    const ann = broker.connectPeer('ann');
    for (const n of [1, 2, 3]) ann.sendOffer('bob', n);
    expect(ann.closeCode).toBe(1008);
    engine.resume();
    expect(bob.received).toEqual([]);
  });

  it('O14, M22: count for the rate limit by their size', () => {
    const { broker, engine } = setUp({ messageBurst: 3, onFlood: 'close' });
    engine.pause();
    const ann = broker.connectPeer('ann');
    ann.sendOffer('bob', 'x'.repeat(140_000));
    expect(ann.closeCode).toBe(undefined);
    ann.sendOffer('bob', 1);
    expect(ann.closeCode).toBe(1008);
  });

  it('O14, promise 5: close the connection if they exceed the buffer', () => {
    const { broker, engine } = setUp({ sendBufferBytes: 1_000 });
    engine.pause();
    const ann = broker.connectPeer('ann');
    for (let n = 0; n < 4; n++) ann.sendOffer('bob', n);
    expect(ann.closeCode).toBe(1008);
  });
});
