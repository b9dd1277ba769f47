import { describe, expect, it } from 'vitest';
import type { Config } from '../../../../../src/composition/configuration/config.ts';
import { CentrifugeBroker, type CentrifugeClient } from '../../../../support/centrifuge-broker.ts';
import { hmacToken, SECRET } from '../../../../support/tokens.ts';

const info = (client: string, chan_info?: unknown): object => ({
  user: '',
  client,
  ...(chan_info !== undefined && { chan_info }),
});
const push = (name: 'join' | 'leave', client: string, data?: unknown): object => ({
  push: { channel: 'garden', [name]: { info: info(client, data) } },
});

/** A client that receives joins and leaves of a channel. */
function watcher(broker: CentrifugeBroker, data?: unknown): CentrifugeClient {
  return broker.join().send(['subscribe', { channel: 'garden', join_leave: true, ...(data !== undefined && { data }) }]);
}

function clientIdOf(client: CentrifugeClient): string {
  return (client.received[0] as { readonly connect: { readonly client: string } }).connect.client;
}

function membersOf(client: CentrifugeClient, channel = 'garden'): unknown {
  client.send(['presence', { channel }]);
  return (client.last as { readonly presence?: { readonly presence: unknown } }).presence?.presence ?? client.last;
}

describe('CF10, T19: the presence of a Centrifuge client', () => {
  it('lists the subscribers of a channel, with the data of their subscriptions', () => {
    const broker = new CentrifugeBroker();
    const ann = broker.join('garden');
    const bob = broker.join().send(['subscribe', { channel: 'garden', data: { name: 'Bob' } }]);
    const [first, second] = [ann, bob].map(clientIdOf) as [string, string];
    expect(membersOf(ann)).toEqual({ [first]: info(first), [second]: info(second, { name: 'Bob' }) });
    ann.send(['presence_stats', { channel: 'garden' }]);
    expect(ann.last).toEqual({ id: 4, presence_stats: { num_clients: 2, num_users: 1 } });
    bob.client.cut();
    expect(membersOf(ann)).toEqual({ [first]: info(first) });
  });

  it('has an empty list for a channel without subscribers', () => {
    const ann = new CentrifugeBroker().join();
    expect(membersOf(ann)).toEqual({});
    ann.send(['presence_stats', { channel: 'garden' }]);
    expect(ann.last).toEqual({ id: 3, presence_stats: { num_clients: 0, num_users: 0 } });
  });

  it('notifies a subscriber with join_leave, of itself too, behind the reply', () => {
    const broker = new CentrifugeBroker();
    const ann = watcher(broker, 1);
    const bob = watcher(broker);
    const [first, second] = [ann, bob].map(clientIdOf) as [string, string];
    expect(ann.received.slice(1)).toEqual([{ id: 2, subscribe: {} }, push('join', first, 1), push('join', second)]);
    bob.send(['unsubscribe', { channel: 'garden' }]);
    expect([ann.last, bob.last]).toEqual([push('leave', second), { id: 3, unsubscribe: {} }]);
    broker.join('garden').client.cut();
    expect(ann.received.length).toBe(7);
  });

  it('does not notify a subscriber without join_leave, and a repeated subscribe changes nothing', () => {
    const broker = new CentrifugeBroker();
    const [ann, bob] = [broker.join('garden'), watcher(broker)];
    bob.send(['subscribe', { channel: 'garden', data: 2 }]);
    expect(ann.received.length).toBe(2);
    expect(bob.received.slice(2)).toEqual([push('join', clientIdOf(bob)), { id: 3, subscribe: {} }]);
  });

  it('CF16: names the channel by which the client subscribed', () => {
    const broker = new CentrifugeBroker({ centrifugePrefixes: ['p:'] });
    const ann = broker.join().send(['subscribe', { channel: 'p:garden', join_leave: true }]);
    expect(ann.last).toMatchObject({ push: { channel: 'p:garden' } });
    expect(membersOf(ann, 'p:garden')).toEqual(membersOf(ann));
  });

  it('is not listed beyond presence_members, and refused with data beyond presence_bytes', () => {
    const broker = new CentrifugeBroker({ presenceMembers: 1, presenceBytes: 60 });
    const [ann, bob] = [broker.join('garden'), broker.join('garden')];
    expect([membersOf(ann), bob.last]).toEqual([{ [clientIdOf(ann)]: info(clientIdOf(ann)) }, { id: 2, subscribe: {} }]);
    bob.send(['subscribe', { channel: 'house', data: 'a'.repeat(60) }]);
    expect(bob.last).toMatchObject({ error: { code: 107 } });
  });

  it('has none if presence_members is 0', () => {
    const ann = watcher(new CentrifugeBroker({ presenceMembers: 0 }));
    expect(ann.received.slice(1)).toEqual([{ id: 2, subscribe: {} }]);
    expect(membersOf(ann)).toMatchObject({ error: { code: 108 } });
    ann.send(['presence_stats', { channel: 'garden' }]);
    expect(ann.last).toMatchObject({ error: { code: 108 } });
  });

  it('CF15: refuses the members of a channel of more than 255 bytes', () =>
    expect(membersOf(new CentrifugeBroker().join(), 'a'.repeat(256))).toMatchObject({ error: { code: 107 } }));

  it('T19: a client without the right to publish is not listed, and one without the right to subscribe sees no members', () => {
    const policy: Partial<Config> = { mercurePublisherKey: SECRET, mercureSubscriberKey: SECRET };
    const broker = new CentrifugeBroker(policy);
    const ann = broker.open().connect(hmacToken({ mercure: { publish: ['garden'], subscribe: ['*'] } }));
    const bob = broker.open().connect(hmacToken({ mercure: { subscribe: ['*'] } }));
    for (const one of [ann, bob]) one.subscribe('garden');
    expect(Object.keys(membersOf(bob) as object)).toEqual([clientIdOf(ann)]);
    const publisher = new CentrifugeBroker({ mercurePublisherKey: SECRET, mercureAnonymous: false });
    const eve = publisher.open().connect(hmacToken({ mercure: { publish: ['garden'] } }));
    expect(membersOf(eve)).toMatchObject({ error: { code: 103 } });
  });
});
