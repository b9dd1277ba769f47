/*
 * Generates the generated parts of the documents. The tests that compare a page with the code also write it.
 *   --quick  only what is derived from the source; no build, no measured conformance results
 *   --check  writes nothing and fails if a page is stale
 */
import { parseArgs } from 'node:util';
import { QUICK_PAGES, SLOW_PAGES } from './generated-pages.mjs';
import { runScript, runVitest } from './run.mjs';

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean' }, check: { type: 'boolean' } } });

const tests = flags.quick ? QUICK_PAGES : [...QUICK_PAGES, ...SLOW_PAGES];
const writing = flags.check ? [] : ['--update'];
// A snapshot is also written where the page is missing, unless vitest runs as in CI.
const environment = flags.check ? { UPDATE_DOCS: '', CI: '1' } : { UPDATE_DOCS: '1' };

const isBuilt = flags.quick || (await runScript('build'));
const isGreen = isBuilt && (await runVitest(process.execPath, [...tests, ...writing], environment));
if (!isGreen && flags.check) console.error('A generated page is stale: npm run docs (or npm run docs -- --quick) writes it.');
process.exitCode = isGreen ? 0 : 1;
