/* Finds or installs aiortc for the end-to-end tests of examples/aiortc. It needs about 120 MB. */
import { execFileSync } from 'node:child_process';
import { ensureProgram } from './ensure-program.mjs';

function importsAiortc(python) {
  try {
    execFileSync(python, ['-c', 'import aiohttp, aiortc'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

await ensureProgram({
  title: 'Python with aiortc and aiohttp',
  // A Python of a version manager, earlier on the path, has no Debian packages.
  names: ['/usr/bin/python3'],
  debianPackage: '--no-install-recommends python3-aiortc python3-aiohttp',
  variable: 'AIORTC_PYTHON',
  accepts: importsAiortc,
});
