import { describe, expect, it } from 'vitest';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import { ConfigError } from '../../../src/composition/configuration/config-error.ts';
import { brokerInABox, pair } from '../../../src/testing/pair.ts';

describe('pair', () => {
  it('two peers exchange messages', () => {
    const { ann, bob } = pair();
    ann.sendOffer('bob', 'hello');
    expect(bob.received).toEqual([{ type: 'OFFER', src: 'ann', dst: 'bob', payload: 'hello' }]);
  });

  it('takes options in any spelling, and refuses others as createBroker does', () => {
    expect(pair({ options: { expire_timeout: 7 } }).house.advance(7)).toBeUndefined();
    expect(() => pair({ options: { port: 70_000 } })).toThrow(ConfigError);
  });
});

describe('brokerInABox', () => {
  it('takes adapters, and functions that make them', () => {
    const stores: MemoryMailboxStore[] = [];
    const house = brokerInABox({
      options: { mailboxMessages: 1 },
      adapters: {
        mailboxes: ({ config }) => {
          const store = new MemoryMailboxStore(config);
          stores.push(store);
          return store;
        },
      },
    });
    const ann = house.connectPeer('ann');
    ann.sendOffer('bob');
    expect(stores.map((store) => store.usage().mailboxes)).toEqual([1]);
    ann.sendOffer('bob');
    expect(ann.received).toMatchObject([{ type: 'EXPIRE' }]);
  });

  it('names adapters that do not fit', () => {
    expect(() => brokerInABox({ adapters: { mailboxes: {} as never } })).toThrow('adapters.mailboxes has no method put');
    const later = () => Promise.resolve(new MemoryMailboxStore({} as never));
    expect(() => brokerInABox({ adapters: { mailboxes: later } })).toThrow('a broker in a box takes no promise of an adapter');
  });

  it('events and metrics go to the adapters from outside', () => {
    const events: string[] = [];
    const house = brokerInABox({ adapters: { log: { record: ({ event }) => void events.push(event) } } });
    house.connectPeer('ann');
    expect(events).toContain('peer-opened');
  });
});
