import { describe, expect, it } from 'vitest';
import type { MemoryClient } from '../../../src/adapters/transports/memory/listener.ts';
import type { Config } from '../../../src/composition/configuration/config.ts';
import { TestBroker } from '../../support/test-broker.ts';

const KIB = 1024;
const LIMITS: Partial<Config> = { dialects: ['peerjs', 'peero', 'relay'], memoryBudget: 64 * KIB, memoryPerAddress: 16 * KIB };

/** Peers of Peero get ids from the broker. */
const house = (but: Partial<Config> = {}): TestBroker => {
  let count = 0;
  return new TestBroker({ ...LIMITS, ...but }, { peerIds: { generate: () => `id ${count++}` } });
};
const relay = ({ transport }: TestBroker, address: string): MemoryClient => transport.connect({ path: '/relay', address });
const closings = (far: readonly MemoryClient[]): (number | undefined)[] => far.map(({ closed }) => closed?.code);
const send = (far: MemoryClient, message: unknown): void => far.send(JSON.stringify(message));

describe('the memory of a process', () => {
  it('B2, B3: the largest reader of an address that leaves too much unread is closed, the others stay', () => {
    const broker = house();
    const [slow, slower, other] = [relay(broker, '192.0.2.1'), relay(broker, '192.0.2.1'), relay(broker, '192.0.2.2')];
    for (const far of [slow, slower, other]) send(far, { type: 'subscribe', topics: ['t'] });
    send(slower, { type: 'subscribe', topics: ['u'] });
    for (const far of [slow, slower, other]) far.stopReading();
    const publisher = relay(broker, '192.0.2.3');
    for (let n = 0; n < 5; n++) {
      send(publisher, { type: 'publish', topic: 't', data: 'x'.repeat(2 * KIB) });
      send(publisher, { type: 'publish', topic: 'u', data: 'x'.repeat(KIB) });
      broker.advance(1);
    }
    for (const far of [slow, slower, other]) far.startReading();
    expect(closings([slow, slower, other, publisher])).toEqual([undefined, 1008, undefined, undefined]);
    expect(broker.tally.get('hoarding')).toBe(1);
    expect(broker.events).toContainEqual(expect.objectContaining({ event: 'peer-closed', ending: 'hoarding' }));
  });

  it('B2: wills count', () => {
    const broker = house();
    const far = Array.from({ length: 3 }, () => broker.transport.connect({ path: '/peero', address: '192.0.2.1' }));
    far.forEach((one, n) => one.send(`{"type":"will","signal":"${'w'.repeat((5 + n) * KIB)}"}`));
    broker.advance(1);
    expect(closings(far)).toEqual([undefined, undefined, 1008]);
  });

  it('B2: names of topics count, two bytes for each character where one needs two; what is left counts no more', () => {
    const broker = house();
    const [ann, bob] = [relay(broker, '192.0.2.1'), relay(broker, '192.0.2.1')];
    const wide = Array.from({ length: 8 }, (_, n) => `${n}`.padEnd(500, '\u5b57'));
    send(ann, { type: 'subscribe', topics: wide });
    send(ann, { type: 'unsubscribe', topics: wide });
    send(ann, { type: 'subscribe', topics: wide });
    broker.advance(1);
    expect(closings([ann])).toEqual([undefined]);
    send(bob, { type: 'subscribe', topics: [...wide, ...wide.map((name) => `${name}!`)] });
    broker.advance(1);
    expect(closings([ann, bob])).toEqual([undefined, 1008]);
  });

  it('B2: ids and tokens of unusual length count', () => {
    const broker = house();
    const peers = Array.from({ length: 9 }, (_, n) => broker.connectPeer(`p${n}`, { token: 't'.repeat(2 * KIB) }));
    broker.advance(1);
    expect(peers.filter(({ closeCode }) => closeCode === 1008)).toHaveLength(1);
  });

  it('B2, B3: messages for absent peers count for the address of their sender, where room is scarce', () => {
    const broker = house({ realmMailboxBytes: 40 * KIB });
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

  it('B1, B3: where all together hold too much, the largest holder is closed', () => {
    const broker = house({ memoryBudget: 20 * KIB });
    const sizes = [5, 10, 6];
    const far = [1, 2, 3].map((n) => broker.transport.connect({ path: '/peero', address: `192.0.2.${n}` }));
    far.forEach((one, n) => one.send(`{"type":"will","signal":"${'w'.repeat((sizes[n] ?? 0) * KIB)}"}`));
    broker.advance(1);
    expect(closings(far)).toEqual([undefined, 1008, undefined]);
  });
});
