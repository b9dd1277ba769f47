import { expect, it } from 'vitest';
import { workerCount } from '../../../../src/composition/configuration/worker-count.ts';

it.each([
  [1, 1],
  ['4', 4],
  [256, 256],
  ['auto', 'auto'],
  [0, undefined],
  ['257', undefined],
  [1.5, undefined],
  ['-1', undefined],
  ['', undefined],
  [true, undefined],
])('%s is read as %s', (raw, value) => {
  const read = workerCount().read(raw);
  expect(read.ok ? read.value : undefined).toBe(value);
});
