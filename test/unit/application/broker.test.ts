import { describe, expect, it } from 'vitest';
import { ListenError } from '../../../src/application/ports/transport.ts';
import type { Session } from '../../../src/domain/session.ts';
import { TestBroker, pair } from '../../support/test-broker.ts';

describe('the broker', () => {
  it('says where it listens', () => {
    const house = new TestBroker();
    return Promise.resolve().then(() => expect(house.eventNames).toEqual(['listening']));
  });

  it('tells and dismisses one connection, and nobody who is gone', () => {
    const sessions: Session[] = [];
    const house: TestBroker = new TestBroker(
      {},
      { log: { record: (event) => event.event === 'peer-opened' && void sessions.push(event.session) } },
    );
    const ann = house.connectPeer('ann');
    const [session] = sessions;
    if (session === undefined) throw new Error('nobody came');
    expect(house.broker.send(session.connection, Buffer.from('{"n":1}'))).toBe('sent');
    house.broker.closeConnection(session.connection, 4000, 'enough');
    house.advance(1);
    expect([ann.received, ann.closeCode, house.broker.send(session.connection, Buffer.from('2'))]).toEqual([
      [{ n: 1 }],
      4000,
      'gone',
    ]);
    expect(house.broker.idleTimeOf(session)).toBe(1);
  });

  it('closes once, however often it is asked', async () => {
    const { house } = pair({ drainTimeout: 0 });
    const closing = house.broker.close();
    expect(house.broker.close()).toBe(closing);
    house.advance(1);
    await closing;
    expect(house.eventNames.filter((event) => event === 'draining')).toHaveLength(1);
  });
});

describe('the certificate', () => {
  const fails = (error: Error): TestBroker => {
    const house = new TestBroker();
    house.transport.reloadCertificate = () => {
      throw error;
    };
    return house;
  };

  it('H12: a reload is logged', () => {
    const house = new TestBroker();
    house.broker.reloadCertificate();
    expect(house.eventNames).toContain('certificate-reloaded');
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
