import { expect, it } from 'vitest';
import { optionsPage } from '../../../../scripts/options-page.ts';

it('docs/options.md matches the schema; `npm run docs` regenerates it', async () => {
  await expect(optionsPage()).toMatchFileSnapshot('../../../../docs/options.md');
});
