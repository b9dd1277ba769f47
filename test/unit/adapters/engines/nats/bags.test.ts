import { describe, expect, it } from 'vitest';
import { Bags, GRACE } from '../../../../../src/adapters/engines/nats/bags.ts';
import { nodeId } from '../../../../../src/domain/ids.ts';

const [HERE, THERE] = ['here', 'there'].map(nodeId) as [ReturnType<typeof nodeId>, ReturnType<typeof nodeId>];
const bag = (waiting: number, author = HERE) => ({ ticket: 't', author, waiting });

describe('the bags of a journal', () => {
  it('are ripe when no letter waits any more, and everybody has had time to read so', () => {
    const bags = new Bags(HERE);
    bags.arrives(1, bag(2), 0);
    bags.lets(1, 50);
    expect(bags.ripe(10 * GRACE)).toEqual([]);
    bags.lets(1, 100);
    expect(bags.ripe(99 + GRACE)).toEqual([]);
    expect(bags.ripe(100 + GRACE)).toEqual([1]);
    expect([bags.ripe(10 * GRACE), bags.get(1)]).toEqual([[], undefined]);
  });

  it('are ripe at once where nothing was kept', () => {
    const bags = new Bags(HERE);
    bags.arrives(1, bag(0), 0);
    expect(bags.ripe(0)).toEqual([1]);
  });

  it('are for their authors to erase, until those are late', () => {
    const bags = new Bags(HERE);
    bags.arrives(1, bag(1, THERE), 0);
    bags.arrives(2, bag(1, THERE), 0);
    bags.lets(1, 100);
    expect([bags.ripe(10 * GRACE), bags.overripe(100), bags.oldest]).toEqual([[], [], 1]);
    expect(bags.overripe(101).map(([revision]) => revision)).toEqual([1]);
    expect([bags.overripe(101), bags.oldest]).toEqual([[], 2]);
  });
});
