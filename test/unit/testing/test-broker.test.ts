import { describe, expect, it } from 'vitest';
import type { Authorizer } from '../../../src/application/ports/authorizer.ts';
import { OPEN_GRANT } from '../../../src/domain/grant.ts';
import { accepted } from '../../../src/domain/result.ts';
import { TestBroker } from '../../../src/testing/test-broker.ts';

describe('a broker in the memory of a test', () => {
  it('relays, holds and expires on a clock that the test advances', () => {
    const broker = new TestBroker({ expireTimeout: 3_000 });
    const ann = broker.connectPeer('ann');
    ann.sendOffer('bob');
    broker.advance(2_000);
    expect(ann.received).toEqual([]);
    broker.advance(3_000);
    expect(ann.received).toMatchObject([{ type: 'EXPIRE', src: 'bob' }]);
    expect([broker.eventNames.includes('peer-opened'), broker.counts()]).toEqual([true, { expired: 1 }]);
  });

  it('a cut connection has no close frame', () => {
    const broker = new TestBroker();
    const ann = broker.connectPeer('ann');
    ann.cut();
    broker.advance(0);
    expect(broker.events.find(({ event }) => event === 'peer-closed')).toMatchObject({ ending: 'lost', end: { code: 1006 } });
  });

  it('waits for adapters that answer later', async () => {
    const authorize: Authorizer['authorize'] = (_, answer) => void setImmediate(() => answer(accepted(OPEN_GRANT)));
    const broker = new TestBroker({}, { authorizer: { headers: [], authorize } });
    const ann = broker.connectPeer('ann');
    expect(ann.client.received).toEqual([]);
    await broker.settle();
    expect(ann.client.received).toEqual(['{"type":"OPEN"}']);
  });

  it('the parts may use the clock of the broker', () => {
    const clocks: unknown[] = [];
    const broker = new TestBroker({}, (clock) => (clocks.push(clock), {}));
    expect(clocks).toEqual([broker.clock]);
  });

  it('closes its peers and stops, on its own clock', async () => {
    const broker = new TestBroker();
    const ann = broker.connectPeer('ann');
    await broker.close();
    expect([ann.closeCode, broker.eventNames.at(-1)]).toEqual([1012, 'stopped']);
  });
});
