import { describe, expect, it } from 'vitest';
import type { MemoryClient } from '../../../src/adapters/transports/memory/listener.ts';
import type { Config } from '../../../src/composition/configuration/config.ts';
import { TestBroker } from '../../support/test-broker.ts';

const KIB = 1024;
const LIMITS: Partial<Config> = { dialects: ['peerjs', 'peero', 'relay'], memoryBudget: 64 * KIB, memoryPerAddress: 16 * KIB };

/** Peero clients get generated ids. */
const startBroker = (overrides: Partial<Config> = {}): TestBroker => {
  let count = 0;
  return new TestBroker({ ...LIMITS, ...overrides }, { peerIds: { generate: () => `id ${count++}` } });
};
const relay = ({ transport }: TestBroker, address: string): MemoryClient => transport.connect({ path: '/relay', address });
const closeCodes = (clients: readonly MemoryClient[]): (number | undefined)[] => clients.map(({ closed }) => closed?.code);
const send = (client: MemoryClient, message: unknown): void => client.send(JSON.stringify(message));

describe('the memory budget', () => {
  it('B2, B3: closes the connection with the most unread bytes of an address, and no other', () => {
    const broker = startBroker();
    const [slow, slower, other] = [relay(broker, '192.0.2.1'), relay(broker, '192.0.2.1'), relay(broker, '192.0.2.2')];
    for (const client of [slow, slower, other]) send(client, { type: 'subscribe', topics: ['t'] });
    send(slower, { type: 'subscribe', topics: ['u'] });
    for (const client of [slow, slower, other]) client.stopReading();
    const publisher = relay(broker, '192.0.2.3');
    for (let n = 0; n < 5; n++) {
      send(publisher, { type: 'publish', topic: 't', data: 'x'.repeat(2 * KIB) });
      send(publisher, { type: 'publish', topic: 'u', data: 'x'.repeat(KIB) });
      broker.advance(1);
    }
    for (const client of [slow, slower, other]) client.startReading();
    expect(closeCodes([slow, slower, other, publisher])).toEqual([undefined, 1008, undefined, undefined]);
    expect(broker.counts()['hoarding'] ?? 0).toBe(1);
    expect(broker.events).toContainEqual(expect.objectContaining({ event: 'peer-closed', ending: 'hoarding' }));
  });

  it('B3: cuts a connection that would hold more than its address may while it is closed', () => {
    const broker = startBroker();
    const slow = relay(broker, '192.0.2.1');
    send(slow, { type: 'subscribe', topics: ['t'] });
    slow.stopReading();
    send(relay(broker, '192.0.2.3'), { type: 'publish', topic: 't', data: 'x'.repeat(17 * KIB) });
    broker.advance(1);
    expect(slow.closed?.code).toBe(1006);
    expect(broker.counts()['hoarding'] ?? 0).toBe(1);
    expect(broker.events).toContainEqual(expect.objectContaining({ event: 'peer-closed', ending: 'hoarding' }));
  });

  it('B5: answers a request with 503 if its body exceeds the memory of its address', () => {
    const broker = startBroker({ dialects: ['mercure'], mercureOpen: true });
    const post = (size: number) =>
      broker.transport.request('POST', '/.well-known/mercure', {
        body: `topic=t&data=${'x'.repeat(size)}`,
        address: '192.0.2.1',
      });
    const [small, large] = [post(15 * KIB), post(17 * KIB)];
    broker.advance(1);
    expect([small.answered?.status, large.answered?.status]).toEqual([200, 503]);
    expect(large.answered?.headers).toContainEqual(['connection', 'close']);
    expect(broker.counts()['hoarding'] ?? 0).toBe(1);
  });

  it('B2: counts wills', () => {
    const broker = startBroker();
    const clients = Array.from({ length: 3 }, () => broker.transport.connect({ path: '/peero', address: '192.0.2.1' }));
    clients.forEach((one, n) => one.send(`{"type":"will","signal":"${'w'.repeat((5 + n) * KIB)}"}`));
    broker.advance(1);
    expect(closeCodes(clients)).toEqual([undefined, undefined, 1008]);
  });

  it('B2: counts topic names, two bytes for each wide character, until they are unsubscribed', () => {
    const broker = startBroker();
    const [ann, bob] = [relay(broker, '192.0.2.1'), relay(broker, '192.0.2.1')];
    const wide = Array.from({ length: 8 }, (_, n) => `${n}`.padEnd(500, '\u5b57'));
    send(ann, { type: 'subscribe', topics: wide });
    send(ann, { type: 'unsubscribe', topics: wide });
    send(ann, { type: 'subscribe', topics: wide });
    broker.advance(1);
    expect(closeCodes([ann])).toEqual([undefined]);
    send(bob, { type: 'subscribe', topics: [...wide, ...wide.map((name) => `${name}!`)] });
    broker.advance(1);
    expect(closeCodes([ann, bob])).toEqual([undefined, 1008]);
  });

  it('B2: counts ids and tokens of unusual length', () => {
    const broker = startBroker();
    const peers = Array.from({ length: 9 }, (_, n) => broker.connectPeer(`p${n}`, { token: 't'.repeat(2 * KIB) }));
    broker.advance(1);
    expect(peers.filter(({ closeCode }) => closeCode === 1008)).toHaveLength(1);
  });

  it('B2, B3: counts held messages for the address of their sender while memory is scarce', () => {
    const broker = startBroker({ realmMailboxBytes: 40 * KIB });
    const [ann, bob] = [
      broker.connectPeer('ann', { address: '2001:db8::1' }),
      broker.connectPeer('bob', { address: '2001:db8::2' }),
    ];
    const eve = broker.connectPeer('eve', { address: '2001:db8:0:1::1' });
    for (let n = 0; n < 10; n++) ann.sendOffer('absent', 'x'.repeat(KIB));
    bob.sendOffer('absent', 'x'.repeat(KIB));
    eve.sendOffer('absent', 'x'.repeat(KIB));
    const expired = { type: 'EXPIRE', src: 'absent' };
    expect([ann.received.length, bob.received, eve.received]).toMatchObject([0, [expired], []]);
    broker.connectPeer('absent');
    bob.sendOffer('away', 'x'.repeat(KIB));
    expect(bob.received).toHaveLength(1);
  });

  it('B1, B3: closes the connection with the largest account if the total budget is exceeded', () => {
    const broker = startBroker({ memoryBudget: 20 * KIB });
    const sizes = [5, 10, 6];
    const clients = [1, 2, 3].map((n) => broker.transport.connect({ path: '/peero', address: `192.0.2.${n}` }));
    clients.forEach((one, n) => one.send(`{"type":"will","signal":"${'w'.repeat((sizes[n] ?? 0) * KIB)}"}`));
    broker.advance(1);
    expect(closeCodes(clients)).toEqual([undefined, 1008, undefined]);
  });
});
