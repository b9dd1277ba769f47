/*
 * Writes the generated parts of the pages. The test that compares a page with the code also writes it.
 *   --quick  only the parts that are derived from the source; no build, no measured conformance results
 *   --check  writes nothing and fails if a page is stale
 */
import { parseArgs } from 'node:util';
import { QUICK_PAGES, SLOW_PAGES } from './generated-pages.mjs';
import { runScript, runVitest } from './run.mjs';

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean' }, check: { type: 'boolean' } } });

const tests = flags.quick ? QUICK_PAGES : [...QUICK_PAGES, ...SLOW_PAGES];
const writing = flags.check ? [] : ['--update'];
// Without CI, vitest also writes the snapshot of a missing page.
const environment = flags.check ? { UPDATE_DOCS: '', CI: '1' } : { UPDATE_DOCS: '1' };

const isBuilt = flags.quick || (await runScript('build'));
const isGreen = isBuilt && (await runVitest(process.execPath, [...tests, ...writing], environment));
if (!isGreen && flags.check) console.error('A generated page is stale: run npm run docs (or npm run docs -- --quick).');
process.exitCode = isGreen ? 0 : 1;
