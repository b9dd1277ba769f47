import { expect, it } from 'vitest';
import { FLAGS, usage } from '../../../conformance/flags.ts';

it('the usage lists every flag in lines of at most 98 characters', () => {
  for (const name of Object.keys(FLAGS)) expect(usage()).toContain(`--${name}`);
  expect(
    usage()
      .split('\n')
      .filter((line) => line.length > 98),
  ).toEqual([]);
});
