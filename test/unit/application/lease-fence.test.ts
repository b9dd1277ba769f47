import { describe, expect, it } from 'vitest';
import { LeaseFence } from '../../../src/application/lease-fence.ts';
import { NEVER } from '../../../src/domain/time.ts';

describe('the fence of a lease', () => {
  it('is up when no renewal that was requested within the lease was answered, a little early', () => {
    const fence = new LeaseFence(1_000, 0);
    fence.renewed(500);
    expect([fence.isBlocking(1_400), fence.isBlocking(1_401)]).toEqual([false, true]);
    expect([fence.isOverdue(1_400), fence.isOverdue(1_401)]).toEqual([false, true]);
  });

  it('counts from the request that was answered, whichever answer comes last', () => {
    const fence = new LeaseFence(1_000, 0);
    fence.renewed(2_000);
    fence.renewed(1_000);
    expect(fence.isBlocking(2_900)).toBe(false);
  });

  it('is down while the node knows that it is cut off, and the lease is overdue all the same', () => {
    const fence = new LeaseFence(1_000, 0);
    fence.engineUnreachable();
    expect([fence.isBlocking(5_000), fence.isOverdue(5_000)]).toEqual([false, true]);
    fence.renewed(5_000);
    expect(fence.isBlocking(7_000)).toBe(true);
  });

  it('says when it is down', () => {
    const fence = new LeaseFence(1_000, 0);
    let count = 0;
    fence.onLifted(() => (count += 1));
    fence.renewed(1);
    fence.engineUnreachable();
    expect(count).toBe(2);
  });

  it('is never up for a single node', () => expect(new LeaseFence(NEVER, 0).isBlocking(1e15)).toBe(false));
});
