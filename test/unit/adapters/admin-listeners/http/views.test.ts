import { expect, it } from 'vitest';
import { Views } from '../../../../../src/adapters/admin-listeners/http/views.ts';
import { NEVER } from '../../../../../src/domain/time.ts';

it('ADM4: shows the end of a ban as a date of the wall clock, and none for a ban without end', () => {
  const views = new Views(() => 1_000);
  const ban = { id: 'sub:ann', what: 'sub', value: 'ann', realm: undefined, reason: undefined } as const;
  const ends = views.ban({ ...ban, endsAt: 61_000 }) as { until: string };
  expect(Math.abs(Date.parse(ends.until) - Date.now() - 60_000)).toBeLessThan(5_000);
  expect(views.ban({ ...ban, endsAt: NEVER })).toEqual({ id: 'sub:ann', what: 'sub', value: 'ann' });
});
