/*
 * Measures how many of the servers with one fault, which the cases detect, random runs detect too. Writes the table into
 * docs/conformance.md. Takes about 20 minutes. npm run test:soak:random -- [--runs 40] [--seed 7] [--at-once 8]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
// Inside the checkout, so that the bundle finds its packages.
const BUNDLE = join(ROOT, 'node_modules/.cache/random-mutants.mjs');

await build({
  entryPoints: [join(ROOT, 'test/soak/random-mutants.ts')],
  outfile: BUNDLE,
  ...{ bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'warning' },
});
const child = spawn(process.execPath, [BUNDLE, ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' });
process.on('exit', () => child.kill());
[process.exitCode] = await once(child, 'exit');
