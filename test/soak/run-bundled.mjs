/* Bundles a TypeScript program of this folder, and runs it with the arguments of this process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { joinModules } from '../../scripts/join-modules.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** @returns the exit code. */
export async function runBundled(name) {
  // Inside the checkout, so that the bundle finds its packages.
  const bundle = join(ROOT, `node_modules/.cache/${name}.mjs`);
  const input = join(ROOT, `test/soak/${name}.ts`);
  await joinModules({ input, external: /^[^./]/, output: { file: bundle, format: 'esm', codeSplitting: false } });
  const child = spawn(process.execPath, [bundle, ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' });
  process.on('exit', () => child.kill());
  const [code] = await once(child, 'exit');
  return code;
}
