import { describe, expect, it } from 'vitest';
import { ListenError } from '../../../src/application/ports/transport.ts';
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

describe('the certificate', () => {
  const fails = (error: Error): House => {
    const house = new House();
    house.transport.reloadCertificate = () => {
      throw error;
    };
    return house;
  };

  it('H12: a reload is logged', () => {
    const house = new House();
    house.broker.reloadCertificate();
    expect(house.told).toContain('certificate-reloaded');
  });

  it('H12: files that can not be used are logged with the reason, and end nothing', () => {
    const house = fails(new ListenError({ reason: 'certificate-unusable', detail: 'no key' }, 'no key'));
    house.broker.reloadCertificate();
    expect(house.events.at(-1)).toEqual({ event: 'certificate-refused', detail: 'no key' });
  });

  it('a bug is no unusable certificate', () => {
    const house = fails(new Error('bug'));
    expect(() => house.broker.reloadCertificate()).toThrow('bug');
  });
});
