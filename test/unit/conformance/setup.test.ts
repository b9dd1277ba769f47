import { expect, it } from 'vitest';
import { atLeast, atMost } from '../../../conformance/setup.ts';

it('a bound says what a server lacks, or nothing', () => {
  expect(atMost('alive_timeout', 5, 5)).toBeUndefined();
  expect(atMost('alive_timeout', 6, 5)).toBe('needs a server with alive-timeout of at most 5');
  expect(atLeast('alive_timeout', 5, 5)).toBeUndefined();
  expect(atLeast('alive_timeout', 4, 5)).toBe('needs a server with alive-timeout of at least 5');
});
