import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryBudget, type MemoryUse, type MemoryAccount } from '../../../src/domain/memory-budget.ts';

const budget = (limits: Partial<{ memoryBudget: number; memoryPerAddress: number }> = {}): MemoryBudget =>
  new MemoryBudget({ memoryBudget: 100, memoryPerAddress: 50, ...limits });

/** Connections of `address` that hold so much, and their names as they are told to end. */
function opened(memory: MemoryBudget, ended: string[], sizes: Readonly<Record<string, [address: string, bytes: number]>>) {
  return Object.entries(sizes).map(([name, [address, bytes]]) => {
    const holding = memory.open(address);
    holding.onExcess = () => void ended.push(name);
    holding.set('unread', bytes);
    return holding;
  });
}

describe('the budget of memory', () => {
  it('B1: counts each part of each connection, and forgets what was released', () => {
    const memory = budget();
    const [ann, bob] = [memory.open('a'), memory.open('b')];
    ann.set('unread', 10);
    ann.set('unread', 4);
    ann.set('will', 3);
    bob.set('topics', 2);
    expect([memory.bytes, ann.bytes]).toEqual([9, 7]);
    ann.release();
    ann.release();
    expect([memory.bytes, ann.bytes]).toEqual([2, 0]);
  });

  it('B2, B3: ends the largest of an address that holds too much, and no other', () => {
    const [memory, ended] = [budget(), [] as string[]];
    const [, large] = opened(memory, ended, { small: ['a', 20], large: ['a', 30], other: ['b', 40] });
    expect(ended).toEqual([]);
    opened(memory, ended, { last: ['a', 1] });
    expect(ended).toEqual(['large']);
    (large as MemoryAccount).release();
    opened(memory, ended, { next: ['a', 28] });
    expect(ended).toEqual(['large']);
  });

  it('B1, B3: ends the largest of the largest address where all together hold too much', () => {
    const [memory, ended] = [budget({ memoryPerAddress: 90 }), [] as string[]];
    opened(memory, ended, { a1: ['a', 5], b1: ['b', 60], b2: ['b', 10], c1: ['c', 20] });
    opened(memory, ended, { d1: ['d', 6] });
    expect(ended).toEqual(['b1']);
  });

  it('B3: takes what is being ended for freed, up to as much again', () => {
    const [memory, ended] = [budget(), [] as string[]];
    opened(memory, ended, { first: ['a', 51], second: ['a', 49] });
    expect(ended).toEqual(['first']);
    opened(memory, ended, { third: ['a', 1] });
    expect(ended).toEqual(['first', 'second']);
  });

  it('B4: reserves up to the share of an address, and at least once', () => {
    const memory = budget();
    const [first, second, third, other] = [memory.open('a'), memory.open('a'), memory.open('a'), memory.open('b')];
    expect([first.reserve(25), second.reserve(25), third.reserve(1)]).toEqual([true, true, false]);
    expect([other.reserve(60), memory.open('b').reserve(1), memory.bytes]).toEqual([true, false, 0]);
    second.release();
    second.release();
    expect([third.reserve(26), third.reserve(25)]).toEqual([false, true]);
  });

  it('B2: has no room for messages of an address that holds its share', () => {
    const memory = budget();
    expect([memory.reserveMail('a', 50), memory.reserveMail('a', 1), memory.reserveMail('b', 1), memory.bytes]).toEqual([
      true,
      false,
      true,
      51,
    ]);
    memory.releaseMail('a', 50);
    expect([memory.reserveMail('a', 50), memory.bytes]).toEqual([true, 51]);
  });

  it('B3: has room beyond the share of an address only where a larger connection of it pays', () => {
    const [memory, ended] = [budget(), [] as string[]];
    const [small] = opened(memory, ended, { small: ['a', 10], large: ['a', 30] }) as [MemoryAccount];
    expect([10, 15, 20, 25].map((bytes) => small.hasRoomFor('will', bytes))).toEqual([true, true, false, false]);
    expect([memory.open('b').hasRoomFor('will', 50), memory.open('b').hasRoomFor('will', 51)]).toEqual([true, false]);
  });

  it('B1, B3: makes room for messages of a small holder by ending a larger one', () => {
    const [memory, ended] = [budget({ memoryPerAddress: 99 }), [] as string[]];
    opened(memory, ended, { large: ['a', 95] });
    expect([memory.reserveMail('b', 10), ended]).toEqual([true, ['large']]);
  });

  it('B1: has none where nothing larger can be ended', () => {
    const memory = budget({ memoryPerAddress: 99 });
    expect([memory.reserveMail('a', 95), memory.reserveMail('b', 10), memory.bytes]).toEqual([true, false, 95]);
  });

  it('B1 to B3: whatever happens, the sum is exact, and no address that is not told to end holds more than its share', () => {
    const step = fc.record({
      who: fc.nat(5),
      part: fc.constantFrom<MemoryUse>('unread', 'will', 'topics'),
      bytes: fc.nat(40),
      isOver: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const memory = budget();
        const open = new Map<number, MemoryAccount>();
        for (const { who, part, bytes, isOver } of steps) {
          const known = open.get(who);
          const holding = known ?? memory.open(`address ${who % 2}`);
          holding.onExcess ??= () => undefined;
          open.set(who, holding);
          if (isOver || holding.isEnding) {
            holding.release();
            open.delete(who);
          } else holding.set(part, bytes);
          const all = [...open.values()];
          expect(memory.bytes).toBe(all.reduce((sum, each) => sum + each.bytes, 0));
          for (const address of ['address 0', 'address 1']) {
            const staying = all.filter((each) => each.address === address && !each.isEnding);
            expect(staying.reduce((sum, each) => sum + each.bytes, 0)).toBeLessThanOrEqual(50);
          }
        }
      }),
    );
  });
});
