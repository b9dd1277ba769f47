import { expect, it } from 'vitest';
import { Watch } from '../../../../conformance/random/watch.ts';

it('looks again after every event', async () => {
  const watch = new Watch();
  let isThere = false;
  setImmediate(() => {
    isThere = true;
    watch.stir();
  });
  expect(await watch.until(() => isThere, 60_000)).toBe(true);
});

it('looks now and then where nothing happens', async () => {
  const watch = new Watch();
  expect(await watch.until(() => watch.now >= 30, 60_000)).toBe(true);
});

it('gives up when its time is over', async () => {
  const watch = new Watch();
  expect(await watch.until(() => false, 5)).toBe(false);
  expect(watch.now).toBeGreaterThan(4);
});
