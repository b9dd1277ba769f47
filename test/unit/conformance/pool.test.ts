import { describe, expect, it } from 'vitest';
import { inPool } from '../../../conformance/pool.ts';

describe('a pool', () => {
  it('processes all items with limited parallelism', async () => {
    const [done, running]: [number[], Set<number>] = [[], new Set()];
    let most = 0;
    await inPool(2, [1, 2, 3, 4, 5], async (n) => {
      running.add(n);
      most = Math.max(most, running.size);
      await Promise.resolve();
      running.delete(n);
      done.push(n);
    });
    expect([done.sort(), most]).toEqual([[1, 2, 3, 4, 5], 2]);
  });

  it('throws the first error after the running items have ended', async () => {
    const done: number[] = [];
    const work = async (n: number) => {
      if (n === 1) throw new Error('so');
      await Promise.resolve();
      done.push(n);
    };
    await expect(inPool(2, [1, 2], work)).rejects.toThrow('so');
    expect(done).toEqual([2]);
  });

  it('accepts an empty list', async () => expect(await inPool(3, [], () => Promise.reject(new Error()))).toBeUndefined());
});
