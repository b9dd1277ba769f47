/* Rewrites what is generated in the documents: the tests that find it stale are what writes it. */
import { runNode, runScript, VITEST } from './run.mjs';

const WRITERS = [
  ...['architecture/generated-docs', 'unit/composition/configuration/options.page'],
  ...[
    'unit/conformance/all-cases.page',
    'e2e/conformance/signalbox',
    'e2e/conformance/peer',
    'e2e/conformance/relay',
    'e2e/conformance/mercure',
  ],
];

// What is measured is what is built.
const isGreen = (await runScript('build')) && (await runNode([VITEST, 'run', ...WRITERS, '--update'], { UPDATE_DOCS: '1' }));
process.exitCode = isGreen ? 0 : 1;
