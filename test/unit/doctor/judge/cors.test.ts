import { expect, it } from 'vitest';
import { judgeCors } from '../../../../doctor/judge/cors.ts';

const ORIGIN = 'https://page.example';
const NAME = 'access-control-allow-origin';

it.each([
  [[ORIGIN], false, 'cors'],
  [['*'], false, 'cors'],
  [[], false, 'cors-missing'],
  [[], true, 'cors-not-listed'],
  [[ORIGIN, ORIGIN], false, 'cors-doubled'],
  [['*, *'], false, 'cors-doubled'],
  [['https://other.example'], false, 'cors-other'],
])('the values %j, with a refused socket %s, are %s', (values, isSocketRefused, verdict) => {
  const headers = values.map((value) => [NAME, value] as const);
  expect(judgeCors({ origin: ORIGIN, answer: { status: 200, headers, body: '', took: 1 }, isSocketRefused }).verdict).toBe(
    verdict,
  );
});
