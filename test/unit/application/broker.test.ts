import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/domain/session.ts';
import { House, pair } from '../../support/house.ts';

describe('the broker', () => {
  it('says where it listens', () => {
    const house = new House();
    return Promise.resolve().then(() => expect(house.told).toEqual(['listening']));
  });

  it('tells and dismisses one connection, and nobody who is gone', () => {
    const sessions: Session[] = [];
    const house: House = new House(
      {},
      { log: { record: (event) => event.event === 'peer-opened' && void sessions.push(event.session) } },
    );
    const ann = house.opens('ann');
    const [session] = sessions;
    if (session === undefined) throw new Error('nobody came');
    expect(house.broker.tell(session.connection, Buffer.from('{"n":1}'))).toBe('sent');
    house.broker.dismiss(session.connection, 4000, 'enough');
    house.passes(1);
    expect([ann.heard, ann.closedWith, house.broker.tell(session.connection, Buffer.from('2'))]).toEqual([
      [{ n: 1 }],
      4000,
      'gone',
    ]);
    expect(house.broker.silenceOf(session)).toBe(1);
  });

  it('closes once, however often it is asked', async () => {
    const { house } = pair({ drainTimeout: 0 });
    const closing = house.broker.close();
    expect(house.broker.close()).toBe(closing);
    house.passes(1);
    await closing;
    expect(house.told.filter((event) => event === 'draining')).toHaveLength(1);
  });
});
