import { describe, expect, it } from 'vitest';
import { connectionId } from '../../../src/domain/ids.ts';
import type { MemoryAccount } from '../../../src/domain/memory-account.ts';
import { MemoryBudget } from '../../../src/domain/memory-budget.ts';

describe('MemoryAccount', () => {
  it('B1: counts each use of memory of each connection until its release', () => {
    const memory = new MemoryBudget({ memoryBudget: 100, memoryPerAddress: 50 });
    const [ann, bob] = [memory.open('a'), memory.open('b')];
    ann.set('unread', 10);
    ann.set('unread', 4);
    ann.set('will', 3);
    bob.set('topics', 2);
    expect([memory.bytes, ann.bytes, memory.unsentBytes]).toEqual([9, 7, 4]);
    expect([ann.sizeOf('unread'), ann.sizeOf('topics'), memory.open('c').sizeOf('will')]).toEqual([4, 0, 0]);
    ann.release();
    ann.release();
    expect([memory.bytes, ann.bytes, memory.unsentBytes]).toEqual([2, 0, 0]);
  });

  it('B1, B4: counts nothing for a connection after its release', () => {
    const memory = new MemoryBudget({ memoryBudget: 100, memoryPerAddress: 50 });
    const account = memory.open('a');
    account.set('unread', 10);
    account.release();
    account.set('incomplete', 30);
    expect([account.reserve(5), account.hasRoomFor('will', 1), memory.bytes, account.bytes]).toEqual([false, false, 0, 0]);
    expect(memory.open('a').hasRoomFor('will', 50)).toBe(true);
  });

  it('B3: knows also after its release whether its connection is being closed', () => {
    const memory = new MemoryBudget({ memoryBudget: 100, memoryPerAddress: 50 });
    const account = memory.open('a');
    const before = account.isEnding;
    account.onExcess = () => undefined;
    account.set('body', 51);
    account.release();
    expect([before, account.isEnding, account.bytes, memory.bytes]).toEqual([false, true, 0, 0]);
  });

  it('B3: is closed by the listener of the budget if its connection is open, and by its own listener otherwise', () => {
    const memory = new MemoryBudget({ memoryBudget: 100, memoryPerAddress: 50 });
    const closed: (MemoryAccount | 'request')[] = [];
    memory.onExcess = (_, account) => void closed.push(account);
    const [opening, open, request] = [memory.open('a'), memory.open('b'), memory.open('c')];
    open.connection = connectionId(1, 0);
    request.onExcess = () => void closed.push('request');
    for (const account of [opening, open, request]) account.set('unread', 51);
    expect(closed).toEqual([open, 'request']);
  });
});
