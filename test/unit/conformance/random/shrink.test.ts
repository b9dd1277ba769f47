import { describe, expect, it } from 'vitest';
import { shrink } from '../../../../conformance/random/shrink.ts';

const NEVER = (): boolean => false;

/** Fails if all of these items are present, in order. */
function needing(...needed: number[]) {
  let tried = 0;
  const failing = async (things: readonly number[]): Promise<readonly number[] | undefined> => {
    tried++;
    const found = things.filter((thing) => needed.includes(thing % 100));
    return found.map((thing) => thing % 100).join() === needed.join() ? things : undefined;
  };
  return { failing, tried: () => tried };
}

const NUMBERS = Array.from({ length: 60 }, (_, n) => n);

describe.each([1, 4])('reducing, with %i parallel attempts', (atOnce) => {
  it('keeps only the required items', async () => {
    const { failing, tried } = needing(3, 31, 59);
    expect(await shrink(NUMBERS, { failing, simpler: () => [], isOver: NEVER, atOnce })).toEqual([3, 31, 59]);
    expect(tried()).toBeLessThan(120);
  });

  it('finds a single required item, and the first of two', async () => {
    expect(await shrink(NUMBERS, { ...needing(59), simpler: () => [], isOver: NEVER, atOnce })).toEqual([59]);
    expect(await shrink([7], { ...needing(7), simpler: () => [], isOver: NEVER, atOnce })).toEqual([7]);
  });

  it('simplifies the remaining items', async () => {
    const simpler = (thing: number): number[] => (thing >= 100 ? [thing - 100] : []);
    const { failing } = needing(5, 6);
    expect(await shrink([205, 1, 306], { failing, simpler, isOver: NEVER, atOnce })).toEqual([5, 6]);
  });

  it('continues with the executed items', async () => {
    const failing = async (things: readonly number[]) => (things.includes(9) ? [9] : undefined);
    expect(await shrink([1, 2, 3, 9, 4], { failing, simpler: () => [], isOver: NEVER, atOnce })).toEqual([9]);
  });

  it('stops at the time limit', async () => {
    const { failing, tried } = needing(3, 59);
    const shrunk = await shrink(NUMBERS, { failing, simpler: () => [], isOver: () => tried() >= 5, atOnce });
    expect(tried()).toBeLessThan(5 + atOnce);
    expect(shrunk).toEqual(expect.arrayContaining([3, 59]));
  });
});
