import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ALL_CASES } from '../../../conformance/all-cases.ts';
import { DIALECTS } from '../../../conformance/dialects.ts';
import { casesSection, dialectSection, differencesSection } from '../../../scripts/conformance-page.ts';
import { sectionOf, withSection } from '../../architecture/drawings.ts';
import { ROOT } from '../../architecture/tree.ts';

it.each([
  ['docs/conformance.md', 'cases', casesSection(ALL_CASES)],
  ['docs/conformance.md', 'mercure-cases', dialectSection(DIALECTS.mercure.cases)],
  ['docs/conformance.md', 'relay-cases', dialectSection(DIALECTS.relay.cases)],
  ['docs/conformance.md', 'centrifuge-cases', dialectSection(DIALECTS.centrifuge.cases)],
  ['docs/conformance.md', 'nats-cases', dialectSection(DIALECTS.nats.cases)],
  ['docs/conformance.md', 'mqtt-cases', dialectSection(DIALECTS.mqtt.cases)],
  ['docs/conformance.md', 'supabase-cases', dialectSection(DIALECTS.supabase.cases)],
  ['docs/differences-from-peer.md', 'differences', differencesSection(ALL_CASES)],
])('the section of %s for %s is up to date (otherwise: npm run docs)', (path, name, section) => {
  const page = join(ROOT, path);
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, withSection(readFileSync(page, 'utf8'), name, section));
  expect(sectionOf(readFileSync(page, 'utf8'), name)).toBe(section);
});
