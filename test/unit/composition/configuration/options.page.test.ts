import { expect, it } from 'vitest';
import { optionsPage } from '../../../../scripts/options-page.ts';

it('docs/options.md is what the schema says; `npm run docs` writes it anew', async () => {
  await expect(optionsPage()).toMatchFileSnapshot('../../../../docs/options.md');
});
