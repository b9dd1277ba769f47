import { describe, expect, it } from 'vitest';
import { CentrifugeBroker, type CentrifugeClient } from '../../../support/centrifuge-broker.ts';

const WATCHERS = 16;
const LIMITS = {
  topicsPerConnection: 1_000,
  presenceMembers: 2_000,
  memoryPerAddress: 100_000_000,
  messagesPerSecond: 100_000,
  messageBurst: 100_000,
};

/** The number of pushes with this name. */
function countOf(client: CentrifugeClient, name: 'join' | 'leave'): number {
  return client.received.filter((one) => Object.hasOwn((one as { readonly push?: object }).push ?? {}, name)).length;
}

describe('trackPresence', () => {
  it('M23, T19: a client that disconnects leaves its topics in slices', () => {
    const broker = new CentrifugeBroker(LIMITS);
    const channels = Array.from({ length: 150 }, (_, at) => `channel${at}`);
    const subscribe = channels.map((channel) => ['subscribe', { channel, join_leave: true }] as const);
    const watchers = Array.from({ length: WATCHERS }, () => broker.join().send(...subscribe));
    const ann = broker.join(...channels);
    broker.advance(1_000);
    expect(watchers.map((one) => countOf(one, 'leave'))).toEqual(Array(WATCHERS).fill(0));
    ann.client.cut();
    const first = watchers[0] as CentrifugeClient;
    const atOnce = countOf(first, 'leave');
    broker.advance(1_000);
    expect([atOnce < channels.length, watchers.every((one) => countOf(one, 'leave') === channels.length)]).toEqual([true, true]);
  });

  it('T11: a change costs its client one more token for each 250 that receive it', () => {
    const broker = new CentrifugeBroker({ ...LIMITS, messagesPerSecond: 1, messageBurst: 3 });
    for (let watcher = 0; watcher < 250; watcher++) broker.join().send(['subscribe', { channel: 'garden', join_leave: true }]);
    broker.advance(10_000);
    const [ann, bob] = [broker.join('garden'), broker.join('house')];
    for (const one of [ann, bob]) one.send(['unsubscribe', { channel: 'garden' }]);
    expect([ann.closeCode, bob.closeCode]).toEqual([3013, undefined]);
  });

  it('T11: a list of many members costs more than one token', () => {
    const broker = new CentrifugeBroker({ ...LIMITS, messagesPerSecond: 1, messageBurst: 12 });
    for (let member = 0; member < 500; member++) broker.join('garden');
    const ann = broker.join();
    ann.send(['presence', { channel: 'garden' }]);
    expect(ann.closeCode).toBeUndefined();
    ann.send(['presence', { channel: 'garden' }]);
    expect(ann.closeCode).toBe(3013);
  });
});
