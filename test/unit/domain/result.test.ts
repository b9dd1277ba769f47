import { expect, it } from 'vitest';
import { accepted, refused } from '../../../src/domain/result.ts';

it('is a value or a refusal', () => {
  expect([accepted(1), refused('no')]).toEqual([
    { ok: true, value: 1 },
    { ok: false, refusal: 'no' },
  ]);
});
