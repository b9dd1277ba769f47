import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { Config } from '../../../src/composition/configuration/config.ts';
import type { Session } from '../../../src/domain/session.ts';
import type { FrameRequest } from '../../../src/application/ports/requests.ts';
import { TestBroker, pair } from '../../support/test-broker.ts';
import { SlowEngine } from '../../support/slow-engine.ts';

describe('the gateway', () => {
  it.each([
    ['{', 'ignored:malformed'],
    ['{"type":"OPEN"}', 'ignored:not-relayed'],
    ['{"type":"OFFER"}', 'ignored:destination-missing'],
    ['{"type":"OFFER","dst":7}', 'ignored:destination-not-text'],
    ['{"type":"LEAVE","dst":"eve"}', 'ignored:destination-absent'],
  ] as const)('M6, M9 to M12: %s is ignored and counted, and the peer goes on', (frame, counter) => {
    const { house, ann, bob } = pair();
    ann.client.send(frame);
    ann.sendOffer('bob');
    expect([house.tally.get(counter), bob.received.length]).toEqual([1, 1]);
  });

  it('M10: a habit of malformed messages is closed 1007', () => {
    const { ann } = pair({ malformedPerWindow: 2 });
    for (let i = 0; i < 3; i++) ann.client.send('nonsense');
    expect(ann.closeCode).toBe(1007);
  });

  it('M20: pings cost as much as messages, each of them', () => {
    const { ann, bob } = pair({ messageBurst: 10, messagesPerSecond: 1 });
    for (let i = 0; i < 10; i++) ann.client.ping();
    expect(ann.closeCode).toBeUndefined();
    ann.client.ping();
    expect([ann.closeCode, bob.closeCode]).toEqual([1008, undefined]);
  });

  it('M7: LEAVE without a destination closes 1000', () => {
    const { ann } = pair();
    ann.send({ type: 'LEAVE' });
    expect(ann.closeCode).toBe(1000);
  });

  it('O5: nothing that an old socket sends counts', () => {
    const { house, ann, bob } = pair();
    house.connectPeer('ann');
    ann.sendOffer('bob');
    expect([ann.closeCode, bob.received]).toEqual([4001, []]);
  });

  it('M16, promise 2: what a socket took and could not send is told to each sender, before the receiver is gone', () => {
    const { house, ann, bob } = pair();
    const eve = house.connectPeer('eve');
    bob.client.stopReading();
    ann.sendOffer('bob', { n: 1 });
    eve.send({ type: 'CANDIDATE', dst: 'bob', payload: { n: 2 } });
    eve.send({ type: 'LEAVE', dst: 'bob' });
    bob.client.cut();
    expect([ann.received, eve.received]).toEqual([
      [{ type: 'LEAVE', src: 'bob', dst: 'ann' }],
      [{ type: 'LEAVE', src: 'bob', dst: 'eve' }],
    ]);
    expect(house.tally.get('undelivered')).toBe(3);
  });

  it('M16: whoever has gone meanwhile is told nothing', () => {
    const { house, ann, bob } = pair();
    bob.client.stopReading();
    ann.sendOffer('bob');
    ann.client.cut();
    bob.client.cut();
    expect([ann.received, house.eventNames.includes('fault')]).toEqual([[], false]);
  });

  it('tells the tap what open peers send, and only while it is open', () => {
    const heard: FrameRequest['action'][] = [];
    const tap = {
      isEnabled: true,
      received: (_: Session, request: FrameRequest) => void heard.push(request.action),
      sent: () => undefined,
    };
    const { ann } = pair({}, { tap });
    ann.send({ type: 'HEARTBEAT' });
    tap.isEnabled = false;
    ann.send({ type: 'HEARTBEAT' });
    expect(heard).toEqual(['heartbeat']);
  });

  it('promise 6: a fault of ours closes that connection alone, and is logged', () => {
    const tap = {
      isEnabled: true,
      sent: () => undefined,
      received: (session: Session) => {
        if (session.id === 'ann') throw new Error('a bug');
      },
    };
    const { house, ann, bob } = pair({}, { tap });
    ann.sendOffer('bob');
    bob.sendOffer('bob');
    expect([ann.closeCode, bob.received.length, house.eventNames.includes('fault')]).toEqual([1011, 1, true]);
  });

  it('promise 6: a fault at the HTTP desk is a 500, and is logged', () => {
    const house = new TestBroker({}, { peerIds: { generate: () => JSON.parse('') as string } });
    expect(house.transport.http('GET', '/peerjs/id').status).toBe(500);
    expect(house.eventNames).toContain('fault');
  });

  it('promise 6: a fault at the door is a 500, and is logged', () => {
    const isListed = (): boolean => {
      throw new Error('a bug');
    };
    const house = new TestBroker({}, { origins: { allow: 'listed', isListed } });
    const { refusal } = house.transport.connect({ path: '/peerjs', query: '', headers: { origin: 'https://a.test' } });
    expect([refusal?.status, house.eventNames.includes('fault')]).toEqual([500, true]);
  });
});

const LEASE = 3_000;

function setUp(config: Partial<Config> = {}): { house: TestBroker; engine: SlowEngine; clock: ManualClock } {
  const clock = new ManualClock();
  const engine = new SlowEngine(clock, LEASE);
  const house = new TestBroker(config, { clock, engine });
  return { house, engine, clock };
}

describe('a peer that sends before it is open', () => {
  it('O14: is heard after its OPEN, in order', () => {
    const { house, engine } = setUp();
    const bob = house.connectPeer('bob');
    engine.pause();
    const ann = house.connectPeer('ann');
    for (const n of [1, 2, 3]) ann.sendOffer('bob', n);
    expect([bob.received, ann.client.received]).toEqual([[], []]);
    engine.resume();
    ann.sendOffer('bob', 4);
    expect(bob.received).toMatchObject([1, 2, 3, 4].map((payload) => ({ type: 'OFFER', src: 'ann', payload })));
    expect(ann.client.received).toEqual(['{"type":"OPEN"}']);
  });

  it('O14, M17: hears its mailbox before it hears itself', () => {
    const { house, engine } = setUp();
    const bob = house.connectPeer('bob');
    bob.sendOffer('ann', 'before');
    engine.pause();
    const ann = house.connectPeer('ann');
    ann.sendOffer('ann', 'after');
    engine.resume();
    expect(ann.received).toMatchObject([{ payload: 'before' }, { payload: 'after' }]);
  });

  it('O14, M7: leaves when it said so', () => {
    const { house, engine } = setUp();
    engine.pause();
    const ann = house.connectPeer('ann');
    ann.send({ type: 'LEAVE' });
    engine.resume();
    expect([ann.client.received, ann.closeCode]).toEqual([['{"type":"OPEN"}'], 1000]);
  });

  it('O14, O4: is not heard where the id belongs to another token', () => {
    const { house, engine } = setUp();
    const [bob] = [house.connectPeer('bob'), house.connectPeer('ann')];
    engine.pause();
    const thief = house.connectPeer('ann', { token: 'his' });
    thief.sendOffer('bob');
    engine.resume();
    expect([thief.closeCode, bob.received]).toEqual([1008, []]);
  });

  it('O14, O5: is told EXPIRE on the socket that has superseded it meanwhile', () => {
    const { house, engine, clock } = setUp();
    engine.pause();
    const [old, young] = [house.connectPeer('ann'), house.connectPeer('ann')];
    old.sendOffer('bob', 1);
    old.send({ type: 'HEARTBEAT' });
    old.send({ type: 'OFFER', dst: '' });
    engine.handleNext(2);
    engine.resume();
    clock.advance(LEASE);
    expect([old.closeCode, young.closeCode]).toEqual([4001, undefined]);
    expect(young.received).toEqual([{ type: 'EXPIRE', src: 'bob', dst: 'ann' }]);
  });

  it('O14, L1: is alive while it sends', () => {
    const { house, engine, clock } = setUp({ aliveTimeout: 10_000 });
    engine.pause();
    const ann = house.connectPeer('ann');
    for (let n = 0; n < 5; n++) {
      clock.advance(5_000);
      ann.send({ type: 'HEARTBEAT' });
    }
    engine.resume();
    expect(ann.closeCode).toBe(undefined);
  });

  it('O14, M19: pays for what it sends when it arrives', () => {
    const { house, engine } = setUp({ messageBurst: 2, onFlood: 'close' });
    const bob = house.connectPeer('bob');
    engine.pause();
    const ann = house.connectPeer('ann');
    for (const n of [1, 2, 3]) ann.sendOffer('bob', n);
    expect(ann.closeCode).toBe(1008);
    engine.resume();
    expect(bob.received).toEqual([]);
  });

  it('O14, promise 5: is closed where it sends more than is kept', () => {
    const { house, engine } = setUp({ sendBufferBytes: 1_000 });
    engine.pause();
    const ann = house.connectPeer('ann');
    for (let n = 0; n < 4; n++) ann.sendOffer('bob', n);
    expect(ann.closeCode).toBe(1008);
  });
});
