import { expect, it } from 'vitest';
import { inSlices } from '../../../../../src/adapters/engines/shared/slices.ts';

it.each([
  [0, []],
  [4, [4]],
  [10, [4, 4, 2]],
])('of %i items contain each once, in order', async (count, sizes) => {
  const all = Array.from({ length: count }, (_, n) => n);
  const slices: (readonly number[])[] = [];
  for await (const slice of inSlices(all, 4)) slices.push(slice);
  expect(slices.flat()).toEqual(all);
  expect(slices.map(({ length }) => length)).toEqual(sizes);
});

it('let other work run in between', async () => {
  const order: unknown[] = [];
  setImmediate(() => order.push('other work'));
  for await (const slice of inSlices(['a', 'b'], 1)) order.push(...slice);
  expect(order).toEqual(['a', 'other work', 'b']);
});
