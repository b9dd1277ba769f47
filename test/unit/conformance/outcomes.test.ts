import { expect, it } from 'vitest';
import { Dangerous, Failed, loose, NotTestable } from '../../../conformance/outcomes.ts';

it('outcomes have distinct names', () => {
  expect([new Failed('').name, new Dangerous('').name, new NotTestable('').name]).toEqual(['Failed', 'Dangerous', 'NotTestable']);
  expect(loose('so')).toEqual({ loose: 'so' });
});
