import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { Config } from '../../../src/composition/configuration/config.ts';
import type { Session } from '../../../src/domain/session.ts';
import type { FrameRequest } from '../../../src/application/ports/requests.ts';
import { House, pair } from '../../support/house.ts';
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
    ann.far.send(frame);
    ann.offers('bob');
    expect([house.tally.of(counter), bob.heard.length]).toEqual([1, 1]);
  });

  it('M10: a habit of malformed messages is closed 1007', () => {
    const { ann } = pair({ malformedPerWindow: 2 });
    for (let i = 0; i < 3; i++) ann.far.send('nonsense');
    expect(ann.closedWith).toBe(1007);
  });

  it('M20: pings cost as much as messages, each of them', () => {
    const { ann, bob } = pair({ messageBurst: 10, messagesPerSecond: 1 });
    for (let i = 0; i < 10; i++) ann.far.ping();
    expect(ann.closedWith).toBeUndefined();
    ann.far.ping();
    expect([ann.closedWith, bob.closedWith]).toEqual([1008, undefined]);
  });

  it('M7: LEAVE without a destination closes 1000', () => {
    const { ann } = pair();
    ann.says({ type: 'LEAVE' });
    expect(ann.closedWith).toBe(1000);
  });

  it('O5: nothing that an old socket sends counts', () => {
    const { house, ann, bob } = pair();
    house.opens('ann');
    ann.offers('bob');
    expect([ann.closedWith, bob.heard]).toEqual([4001, []]);
  });

  it('M16, promise 2: what a socket took and could not send is told to each sender, before the receiver is gone', () => {
    const { house, ann, bob } = pair();
    const eve = house.opens('eve');
    bob.far.stopReading();
    ann.offers('bob', { n: 1 });
    eve.says({ type: 'CANDIDATE', dst: 'bob', payload: { n: 2 } });
    eve.says({ type: 'LEAVE', dst: 'bob' });
    bob.far.cut();
    expect([ann.heard, eve.heard]).toEqual([
      [{ type: 'LEAVE', src: 'bob', dst: 'ann' }],
      [{ type: 'LEAVE', src: 'bob', dst: 'eve' }],
    ]);
    expect(house.tally.of('undelivered')).toBe(3);
  });

  it('M16: whoever has gone meanwhile is told nothing', () => {
    const { house, ann, bob } = pair();
    bob.far.stopReading();
    ann.offers('bob');
    ann.far.cut();
    bob.far.cut();
    expect([ann.heard, house.told.includes('fault')]).toEqual([[], false]);
  });

  it('tells the tap what open peers send, and only while it is open', () => {
    const heard: FrameRequest['ask'][] = [];
    const tap = {
      isOpen: true,
      heard: (_: Session, request: FrameRequest) => void heard.push(request.ask),
      told: () => undefined,
    };
    const { ann } = pair({}, { tap });
    ann.says({ type: 'HEARTBEAT' });
    tap.isOpen = false;
    ann.says({ type: 'HEARTBEAT' });
    expect(heard).toEqual(['stay']);
  });

  it('promise 6: a fault of ours closes that connection alone, and is logged', () => {
    const tap = {
      isOpen: true,
      told: () => undefined,
      heard: (session: Session) => {
        if (session.id === 'ann') throw new Error('a bug');
      },
    };
    const { house, ann, bob } = pair({}, { tap });
    ann.offers('bob');
    bob.offers('bob');
    expect([ann.closedWith, bob.heard.length, house.told.includes('fault')]).toEqual([1011, 1, true]);
  });

  it('promise 6: a fault at the HTTP desk is a 500, and is logged', () => {
    const house = new House({}, { peerIds: { fresh: () => JSON.parse('') as string } });
    expect(house.transport.http('GET', '/peerjs/id').status).toBe(500);
    expect(house.told).toContain('fault');
  });

  it('promise 6: a fault at the door is a 500, and is logged', () => {
    const isListed = (): boolean => {
      throw new Error('a bug');
    };
    const house = new House({}, { origins: { allow: 'listed', isListed } });
    const { refusal } = house.transport.connect({ path: '/peerjs', query: '', headers: { origin: 'https://a.test' } });
    expect([refusal?.status, house.told.includes('fault')]).toEqual([500, true]);
  });
});

const LEASE = 3_000;

function setUp(config: Partial<Config> = {}): { house: House; engine: SlowEngine; clock: ManualClock } {
  const clock = new ManualClock();
  const engine = new SlowEngine(clock, LEASE);
  const house = new House(config, { clock, engine });
  return { house, engine, clock };
}

describe('a peer that sends before it is open', () => {
  it('O14: is heard after its OPEN, in order', () => {
    const { house, engine } = setUp();
    const bob = house.opens('bob');
    engine.stops();
    const ann = house.opens('ann');
    for (const n of [1, 2, 3]) ann.offers('bob', n);
    expect([bob.heard, ann.far.heard]).toEqual([[], []]);
    engine.goesOn();
    ann.offers('bob', 4);
    expect(bob.heard).toMatchObject([1, 2, 3, 4].map((payload) => ({ type: 'OFFER', src: 'ann', payload })));
    expect(ann.far.heard).toEqual(['{"type":"OPEN"}']);
  });

  it('O14, M17: hears its mailbox before it hears itself', () => {
    const { house, engine } = setUp();
    const bob = house.opens('bob');
    bob.offers('ann', 'before');
    engine.stops();
    const ann = house.opens('ann');
    ann.offers('ann', 'after');
    engine.goesOn();
    expect(ann.heard).toMatchObject([{ payload: 'before' }, { payload: 'after' }]);
  });

  it('O14, M7: leaves when it said so', () => {
    const { house, engine } = setUp();
    engine.stops();
    const ann = house.opens('ann');
    ann.says({ type: 'LEAVE' });
    engine.goesOn();
    expect([ann.far.heard, ann.closedWith]).toEqual([['{"type":"OPEN"}'], 1000]);
  });

  it('O14, O4: is not heard where the id belongs to another token', () => {
    const { house, engine } = setUp();
    const [bob] = [house.opens('bob'), house.opens('ann')];
    engine.stops();
    const thief = house.opens('ann', { token: 'his' });
    thief.offers('bob');
    engine.goesOn();
    expect([thief.closedWith, bob.heard]).toEqual([1008, []]);
  });

  it('O14, O5: is told EXPIRE on the socket that has superseded it meanwhile', () => {
    const { house, engine, clock } = setUp();
    engine.stops();
    const [old, young] = [house.opens('ann'), house.opens('ann')];
    old.offers('bob', 1);
    old.says({ type: 'HEARTBEAT' });
    old.says({ type: 'OFFER', dst: '' });
    engine.handles(2);
    engine.goesOn();
    clock.passes(LEASE);
    expect([old.closedWith, young.closedWith]).toEqual([4001, undefined]);
    expect(young.heard).toEqual([{ type: 'EXPIRE', src: 'bob', dst: 'ann' }]);
  });

  it('O14, L1: is alive while it sends', () => {
    const { house, engine, clock } = setUp({ aliveTimeout: 10_000 });
    engine.stops();
    const ann = house.opens('ann');
    for (let n = 0; n < 5; n++) {
      clock.passes(5_000);
      ann.says({ type: 'HEARTBEAT' });
    }
    engine.goesOn();
    expect(ann.closedWith).toBe(undefined);
  });

  it('O14, M19: pays for what it sends when it arrives', () => {
    const { house, engine } = setUp({ messageBurst: 2, onFlood: 'close' });
    const bob = house.opens('bob');
    engine.stops();
    const ann = house.opens('ann');
    for (const n of [1, 2, 3]) ann.offers('bob', n);
    expect(ann.closedWith).toBe(1008);
    engine.goesOn();
    expect(bob.heard).toEqual([]);
  });

  it('O14, promise 5: is closed where it sends more than is kept', () => {
    const { house, engine } = setUp({ sendBufferBytes: 1_000 });
    engine.stops();
    const ann = house.opens('ann');
    for (let n = 0; n < 4; n++) ann.offers('bob', n);
    expect(ann.closedWith).toBe(1008);
  });
});
