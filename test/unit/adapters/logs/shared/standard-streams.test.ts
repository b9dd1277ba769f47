import { expect, it } from 'vitest';
import { standardError, standardOutput } from '../../../../../src/adapters/logs/shared/standard-streams.ts';

it('the process has one stream for each of its standard outputs', () => {
  expect(standardOutput()).toBe(standardOutput());
  expect(standardError()).toBe(standardError());
  expect(standardOutput()).not.toBe(standardError());
});
