import { describe, expect, it } from 'vitest';
import { BatchTable, DELETE_GRACE_MS } from '../../../../../src/adapters/engines/nats/batch-table.ts';
import { nodeId } from '../../../../../src/domain/ids.ts';

const [HERE, THERE] = ['here', 'there'].map(nodeId) as [ReturnType<typeof nodeId>, ReturnType<typeof nodeId>];
const bag = (waiting: number, author = HERE) => ({ messageId: 't', author, pending: waiting });

describe('the bags of a journal', () => {
  it('are ripe when no letter waits any more, and everybody has had time to read so', () => {
    const bags = new BatchTable(HERE);
    bags.add(1, bag(2), 0);
    bags.removeMessage(1, 50);
    expect(bags.takeDeletable(10 * DELETE_GRACE_MS)).toEqual([]);
    bags.removeMessage(1, 100);
    expect(bags.takeDeletable(99 + DELETE_GRACE_MS)).toEqual([]);
    expect(bags.takeDeletable(100 + DELETE_GRACE_MS)).toEqual([1]);
    expect([bags.takeDeletable(10 * DELETE_GRACE_MS), bags.get(1)]).toEqual([[], undefined]);
  });

  it('are ripe at once where nothing was kept', () => {
    const bags = new BatchTable(HERE);
    bags.add(1, bag(0), 0);
    expect(bags.takeDeletable(0)).toEqual([1]);
  });

  it('are for their authors to erase, until those are late', () => {
    const bags = new BatchTable(HERE);
    bags.add(1, bag(1, THERE), 0);
    bags.add(2, bag(1, THERE), 0);
    bags.removeMessage(1, 100);
    expect([bags.takeDeletable(10 * DELETE_GRACE_MS), bags.takeAbandoned(100), bags.oldestRevision]).toEqual([[], [], 1]);
    expect(bags.takeAbandoned(101).map(([revision]) => revision)).toEqual([1]);
    expect([bags.takeAbandoned(101), bags.oldestRevision]).toEqual([[], 2]);
  });
});
