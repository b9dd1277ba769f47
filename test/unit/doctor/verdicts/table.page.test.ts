import { expect, it } from 'vitest';
import { doctorPage } from '../../../../scripts/doctor-page.ts';

it('docs/doctor.md matches the verdicts; `npm run docs` regenerates it', async () => {
  await expect(doctorPage()).toMatchFileSnapshot('../../../../docs/doctor.md');
});
