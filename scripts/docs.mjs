/* Rewrites what is generated in the documents: the tests that find it stale are what writes it. */
import { runNode, VITEST } from './run.mjs';

const WRITERS = ['architecture/generated-docs', 'unit/composition/configuration/options.page', 'e2e/protocol/differences'];

const isGreen = await runNode([VITEST, 'run', ...WRITERS, '--update'], { UPDATE_DOCS: '1' });
process.exitCode = isGreen ? 0 : 1;
