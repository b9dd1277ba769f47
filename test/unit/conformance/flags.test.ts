import { expect, it } from 'vitest';
import { FLAGS, usage } from '../../../conformance/flags.ts';

it('the usage names every flag, and no line is wider than a terminal', () => {
  for (const name of Object.keys(FLAGS)) expect(usage()).toContain(`--${name}`);
  expect(
    usage()
      .split('\n')
      .filter((line) => line.length > 98),
  ).toEqual([]);
});
