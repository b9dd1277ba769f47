import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemoryAccount, MemoryUse } from '../../../src/domain/memory-account.ts';
import { MemoryBudget } from '../../../src/domain/memory-budget.ts';

const budget = (limits: Partial<{ memoryBudget: number; memoryPerAddress: number }> = {}): MemoryBudget =>
  new MemoryBudget({ memoryBudget: 100, memoryPerAddress: 50, ...limits });

/** Opens accounts with the given sizes. `ended` collects the names of the connections to close. */
function opened(memory: MemoryBudget, ended: string[], sizes: Readonly<Record<string, [address: string, bytes: number]>>) {
  return Object.entries(sizes).map(([name, [address, bytes]]) => {
    const account = memory.open(address);
    account.onExcess = (mustCut) => void ended.push(mustCut ? `${name} (cut)` : name);
    account.set('unread', bytes);
    return account;
  });
}

describe('MemoryBudget', () => {
  it('B2, B3: closes only the largest connection of an address over its share', () => {
    const [memory, ended] = [budget(), [] as string[]];
    const [, large] = opened(memory, ended, { small: ['a', 20], large: ['a', 30], other: ['b', 40] });
    expect(ended).toEqual([]);
    opened(memory, ended, { last: ['a', 1] });
    expect(ended).toEqual(['large']);
    (large as MemoryAccount).release();
    opened(memory, ended, { next: ['a', 28] });
    expect(ended).toEqual(['large']);
  });

  it('B1, B3: closes the largest connection of the largest address if the total exceeds the budget', () => {
    const [memory, ended] = [budget({ memoryPerAddress: 90 }), [] as string[]];
    opened(memory, ended, { a1: ['a', 5], b1: ['b', 60], b2: ['b', 10], c1: ['c', 20] });
    opened(memory, ended, { d1: ['d', 6] });
    expect(ended).toEqual(['b1']);
  });

  it('B3: excludes closing connections', () => {
    const [memory, ended] = [budget(), [] as string[]];
    opened(memory, ended, { first: ['a', 20], second: ['a', 31], third: ['a', 30] });
    expect(ended).toEqual(['second']);
  });

  it('B3: cuts connections if those that are being closed hold more than the share of an address', () => {
    const [memory, ended] = [budget(), [] as string[]];
    opened(memory, ended, { first: ['a', 51], second: ['b', 50] });
    expect(ended).toEqual(['first (cut)']);
    opened(memory, ended, { third: ['b', 1] });
    expect(ended).toEqual(['first (cut)', 'second (cut)']);
  });

  it('B3: cuts connections if others that are being closed hold more than an eighth of the share of an address', () => {
    const [memory, ended] = [budget({ memoryBudget: 200 }), [] as string[]];
    opened(memory, ended, { first: ['a', 44], second: ['a', 7] });
    opened(memory, ended, { third: ['a', 48] });
    expect(ended).toEqual(['first', 'third (cut)']);
  });

  it('B3: cuts a connection that takes more memory while it is being closed, once', () => {
    const [memory, ended] = [budget(), [] as string[]];
    const [first] = opened(memory, ended, { first: ['a', 40], second: ['a', 11] }) as [MemoryAccount];
    for (const bytes of [50, 51, 52]) first.set('incomplete', bytes - 40);
    expect(ended).toEqual(['first', 'first (cut)']);
  });

  it('B4: reserves up to 32 times the share of an address, and at least once', () => {
    const memory = budget();
    const [first, second, third, other] = [memory.open('a'), memory.open('a'), memory.open('a'), memory.open('b')];
    expect([first.reserve(800), second.reserve(800), third.reserve(1)]).toEqual([true, true, false]);
    expect([other.reserve(1_700), memory.open('b').reserve(1), memory.bytes]).toEqual([true, false, 0]);
    second.release();
    second.release();
    expect([third.reserve(801), third.reserve(800)]).toEqual([false, true]);
  });

  it('B2: rejects messages of an address that has used its share', () => {
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

  it('B3: has room beyond the share of an address only if a larger connection can be closed', () => {
    const [memory, ended] = [budget(), [] as string[]];
    const [small] = opened(memory, ended, { small: ['a', 10], large: ['a', 30] }) as [MemoryAccount];
    expect([10, 15, 20, 25].map((bytes) => small.hasRoomFor('will', bytes))).toEqual([true, true, false, false]);
    expect([memory.open('b').hasRoomFor('will', 50), memory.open('b').hasRoomFor('will', 51)]).toEqual([true, false]);
  });

  it('B1, B3: closes a larger connection to make room for messages of a smaller one', () => {
    const [memory, ended] = [budget({ memoryPerAddress: 99 }), [] as string[]];
    opened(memory, ended, { large: ['a', 95] });
    expect([memory.reserveMail('b', 10), ended]).toEqual([true, ['large']]);
  });

  it('B1: rejects messages if no larger connection can be closed', () => {
    const memory = budget({ memoryPerAddress: 99 });
    expect([memory.reserveMail('a', 95), memory.reserveMail('b', 10), memory.bytes]).toEqual([true, false, 95]);
  });

  it('B1 to B3: keeps an exact sum, and every address within its share, for any sequence', () => {
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
          const account = known ?? memory.open(`address ${who % 2}`);
          account.onExcess ??= () => undefined;
          open.set(who, account);
          if (isOver || account.isEnding) {
            account.release();
            open.delete(who);
          } else account.set(part, bytes);
          const all = [...open.values()];
          expect(memory.bytes).toBe(all.reduce((sum, each) => sum + each.bytes, 0));
          for (const address of ['address 0', 'address 1']) {
            const remaining = all.filter((each) => each.address === address && !each.isEnding);
            expect(remaining.reduce((sum, each) => sum + each.bytes, 0)).toBeLessThanOrEqual(50);
          }
        }
      }),
    );
  });
});
