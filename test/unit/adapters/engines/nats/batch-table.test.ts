import { describe, expect, it } from 'vitest';
import { BatchTable, DELETE_GRACE_MS } from '../../../../../src/adapters/engines/nats/batch-table.ts';
import { nodeId } from '../../../../../src/domain/ids.ts';

const [HERE, THERE] = ['here', 'there'].map(nodeId) as [ReturnType<typeof nodeId>, ReturnType<typeof nodeId>];
const batchOf = (waiting: number, author = HERE) => ({ messageId: 't', author, pending: waiting });

describe('the batches of a journal', () => {
  it('can be deleted after the grace period, when no message waits', () => {
    const batches = new BatchTable(HERE);
    batches.add(1, batchOf(2), 0);
    batches.removeMessage(1, 50);
    expect(batches.takeDeletable(10 * DELETE_GRACE_MS)).toEqual([]);
    batches.removeMessage(1, 100);
    expect(batches.takeDeletable(99 + DELETE_GRACE_MS)).toEqual([]);
    expect(batches.takeDeletable(100 + DELETE_GRACE_MS)).toEqual([1]);
    expect([batches.takeDeletable(10 * DELETE_GRACE_MS), batches.get(1)]).toEqual([[], undefined]);
  });

  it('can be deleted at once when no message was accepted', () => {
    const batches = new BatchTable(HERE);
    batches.add(1, batchOf(0), 0);
    expect(batches.takeDeletable(0)).toEqual([1]);
  });

  it('are deleted by their authors, and are abandoned when the author is late', () => {
    const batches = new BatchTable(HERE);
    batches.add(1, batchOf(1, THERE), 0);
    batches.add(2, batchOf(1, THERE), 0);
    batches.removeMessage(1, 100);
    expect([batches.takeDeletable(10 * DELETE_GRACE_MS), batches.takeAbandoned(100), batches.oldestRevision]).toEqual([
      [],
      [],
      1,
    ]);
    expect(batches.takeAbandoned(101).map(([revision]) => revision)).toEqual([1]);
    expect([batches.takeAbandoned(101), batches.oldestRevision]).toEqual([[], 2]);
  });
});
