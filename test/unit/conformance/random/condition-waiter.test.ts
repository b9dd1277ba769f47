import { expect, it, vi } from 'vitest';
import { ConditionWaiter } from '../../../../conformance/random/condition-waiter.ts';

it('evaluates the condition after every event', async () => {
  const watch = new ConditionWaiter();
  let isThere = false;
  setImmediate(() => {
    isThere = true;
    watch.notify();
  });
  expect(await watch.waitUntil(() => isThere, 60_000)).toBe(true);
});

it('evaluates the condition periodically', async () => {
  const watch = new ConditionWaiter();
  expect(await watch.waitUntil(() => watch.now >= 30, 60_000)).toBe(true);
});

it('returns false after the time limit', async () => {
  const watch = new ConditionWaiter();
  expect(await watch.waitUntil(() => false, 5)).toBe(false);
  expect(watch.now).toBeGreaterThan(4);
});

it('does not count the time in which the process did not run', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0);
  const watch = new ConditionWaiter();
  let evaluations = 0;
  const holds = (): boolean => {
    now.mockReturnValue(60_000);
    return ++evaluations === 3;
  };
  expect(await watch.waitUntil(holds, 100)).toBe(true);
  now.mockRestore();
});
