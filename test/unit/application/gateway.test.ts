import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/domain/session.ts';
import type { FrameRequest } from '../../../src/application/ports/requests.ts';
import { House, pair } from '../../support/house.ts';

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
