import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiReport, emittedTypes } from './api-report.ts';
import { API_ENTRY_POINTS } from './import-rules.ts';
import { ROOT } from './tree.ts';

const program = emittedTypes(Object.values(API_ENTRY_POINTS));

describe('the folder api shows the public surface (else: npm run docs)', () => {
  it.each(Object.entries(API_ENTRY_POINTS))('%s', async (name, source) => {
    await expect(apiReport(program, source)).toMatchFileSnapshot(join(ROOT, `api/${name}.txt`));
  });
});
