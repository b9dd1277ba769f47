import { describe, expect, it } from 'vitest';
import { SubscriptionTable } from '../../../../../src/adapters/dialects/nats/subscriptions.ts';

function active(table: SubscriptionTable, subject: string, sid: string): void {
  table.activate(table.add(subject, sid));
}

const sids = (table: SubscriptionTable, topic: string, mayHaveWildcards = false): string[] =>
  [...table.receivers([topic], mayHaveWildcards)].map(([{ sid }, subject]) => `${sid} ${subject}`);

describe('SubscriptionTable', () => {
  it('NA11: a subscription is active from the receipt on', () => {
    const table = new SubscriptionTable([]);
    const added = table.add('a', '1');
    expect([sids(table, 'a'), table.find('1')]).toEqual([[], added]);
    table.activate(added);
    expect(sids(table, 'a')).toEqual(['1 a']);
    table.deactivate(added);
    expect(sids(table, 'a')).toEqual([]);
  });

  it('NA13: finds every subscription once, for all topics of a publication', () => {
    const table = new SubscriptionTable([]);
    const all = { 1: 'a', 2: 'a', 3: '*', 4: 'b' };
    for (const [sid, subject] of Object.entries(all)) active(table, subject, sid);
    expect([...table.receivers(['a', 'b'], false)].map(([{ sid }, subject]) => sid + subject)).toEqual(['1a', '2a', '3a', '4b']);
  });

  it('NA10: a name with wildcards matches none, unless it may', () => {
    const table = new SubscriptionTable([]);
    active(table, '>', '1');
    expect([sids(table, 'a.*'), sids(table, 'a.*', true), sids(table, 'a b', true)]).toEqual([[], ['1 a.*'], []]);
  });

  it('NA11: the last subscription with a selector leaves it', () => {
    const table = new SubscriptionTable([]);
    const [one, two] = [table.add('a', '1'), table.add('a', '2')];
    expect([table.remove(one), table.remove(one), table.remove(two), table.size]).toEqual([[], [], [{ topic: 'a' }], 0]);
  });

  it('NA11: the selector of an ended subscription is reported once, unless it is used again', () => {
    const table = new SubscriptionTable([]);
    table.end(table.add('a', '1'));
    table.end(table.add('b', '2'));
    table.add('b', '3');
    expect([table.takeUnused(), table.takeUnused()]).toEqual([[{ topic: 'a' }], []]);
  });

  it('B1: counts bytes until the subscription ends', () => {
    const table = new SubscriptionTable([]);
    const one = table.add('a', '1');
    const before = table.bytes;
    const two = table.add('a'.repeat(100), '2'.repeat(50));
    expect(table.bytes - before).toBeGreaterThan(before + 100);
    for (const subscription of [one, two]) table.remove(subscription);
    expect(table.bytes).toBe(0);
  });

  it('NA14: for a group, only the next in turn of its queue receives a message', () => {
    const table = new SubscriptionTable([]);
    active(table, 'a', '1');
    for (const sid of ['2', '3']) table.activate(table.add('a', sid, 'q'));
    table.activate(table.add('*', '4', 'other'));
    const receivers = (group: string): string[] => [...table.receivers(['a'], false, group)].map(([{ sid }]) => sid);
    expect([sids(table, 'a'), ...[1, 2, 3].map(() => receivers('nats q')), receivers('nats other'), receivers('mqtt q')]).toEqual(
      [...[['1 a'], ['2'], ['3'], ['2'], ['4'], []]],
    );
  });

  it('NA15, NA16: finds a receiver by the whole subject', () => {
    const table = new SubscriptionTable(['p.']);
    active(table, 'p.r.*', '1');
    expect([table.receiverOf('p.r.a')?.sid, table.receiverOf('p.a'), table.receiverOf('p..')]).toEqual([
      '1',
      undefined,
      undefined,
    ]);
    expect(sids(table, 'r.b')).toEqual(['1 p.r.b']);
  });
});
