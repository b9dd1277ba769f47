import { describe, expect, it } from 'vitest';
import { LeaseFence } from '../../../src/application/lease-fence.ts';
import { NEVER } from '../../../src/domain/time.ts';

describe('LeaseFence', () => {
  it('blocks a little before the lease ends if no renewal was answered', () => {
    const fence = new LeaseFence(1_000, 0);
    fence.renewed(500);
    expect([fence.isBlocking(1_400), fence.isBlocking(1_401)]).toEqual([false, true]);
    expect([fence.isOverdue(1_400), fence.isOverdue(1_401)]).toEqual([false, true]);
  });

  it('counts from the latest request that was answered, in any order of the answers', () => {
    const fence = new LeaseFence(1_000, 0);
    fence.renewed(2_000);
    fence.renewed(1_000);
    expect(fence.isBlocking(2_900)).toBe(false);
  });

  it('does not trust its lease after it has ended, even if the engine is known to be unreachable', () => {
    const fence = new LeaseFence(1_000, 0);
    fence.renewed(500);
    fence.engineUnreachable();
    expect([fence.isTrusted(1_400), fence.isTrusted(1_401)]).toEqual([true, false]);
  });

  it('does not block while the engine is known to be unreachable, but the lease is overdue', () => {
    const fence = new LeaseFence(1_000, 0);
    fence.engineUnreachable();
    expect([fence.isBlocking(5_000), fence.isOverdue(5_000)]).toEqual([false, true]);
    fence.renewed(5_000);
    expect(fence.isBlocking(7_000)).toBe(true);
  });

  it('blocks after the engine is reachable again, until the lease is renewed', () => {
    const fence = new LeaseFence(1_000, 0);
    fence.engineUnreachable();
    fence.engineReachable();
    expect([fence.isBlocking(500), fence.isBlocking(5_000)]).toEqual([false, true]);
    fence.renewed(5_000);
    expect(fence.isBlocking(5_000)).toBe(false);
  });

  it('is overdue, and does not block, after an engine has left a renewal unanswered for two seconds', () => {
    const fence = new LeaseFence(60_000, 0);
    fence.requested(1_000);
    fence.requested(2_000);
    expect([fence.isOverdue(3_000), fence.isOverdue(3_001), fence.isBlocking(3_001)]).toEqual([false, true, false]);
    fence.answered(1_000, 3_500);
    expect([fence.isOverdue(5_500), fence.isOverdue(5_501)]).toEqual([false, true]);
    fence.answered(2_000, 5_600);
    expect(fence.isOverdue(9_000)).toBe(false);
  });

  it('reports when frames need not wait any more', () => {
    const fence = new LeaseFence(1_000, 0);
    let count = 0;
    fence.onLifted(() => (count += 1));
    fence.renewed(1);
    fence.engineUnreachable();
    expect(count).toBe(2);
  });

  it('never blocks on a single node', () => expect(new LeaseFence(NEVER, 0).isBlocking(1e15)).toBe(false));
});
