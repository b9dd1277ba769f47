import { expect, it } from 'vitest';
import { usage } from '../../../doctor/usage.ts';

it('the help names every flag and exit code, in lines for a terminal', () => {
  for (const flag of ['token', 'id', 'key', 'origin', 'idle', 'timeout', 'json', 'junit', 'strict']) {
    expect(usage()).toContain(`  --${flag} `);
  }
  expect(usage()).toContain('3 the test could not run');
  expect(
    Math.max(
      ...usage()
        .split('\n')
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(100);
});
