/* Bundles a TypeScript program of this folder, and runs it with the arguments of this process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** @returns the exit code. */
export async function runBundled(name) {
  // Inside the checkout, so that the bundle finds its packages.
  const bundle = join(ROOT, `node_modules/.cache/${name}.mjs`);
  await build({
    entryPoints: [join(ROOT, `test/soak/${name}.ts`)],
    outfile: bundle,
    ...{ bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'warning' },
  });
  const child = spawn(process.execPath, [bundle, ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' });
  process.on('exit', () => child.kill());
  const [code] = await once(child, 'exit');
  return code;
}
