import { expect, it } from 'vitest';
import { atLeast, atMost } from '../../../conformance/setup.ts';

it('a limit returns the unmet requirement, or undefined', () => {
  expect(atMost('alive_timeout', 5, 5)).toBeUndefined();
  expect(atMost('alive_timeout', 6, 5)).toBe('requires --alive-timeout of at most 5; configure the server, then pass the flag');
  expect(atLeast('alive_timeout', 5, 5)).toBeUndefined();
  expect(atLeast('alive_timeout', 4, 5)).toBe('requires --alive-timeout of at least 5; configure the server, then pass the flag');
});
