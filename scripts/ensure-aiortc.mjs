/* Finds or installs aiortc for the end-to-end tests of examples/aiortc. It needs about 120 MB. */
import { ensurePythonModules } from './ensure-python-modules.mjs';

await ensurePythonModules({
  title: 'Python with aiortc and aiohttp',
  modules: ['aiohttp', 'aiortc'],
  debianPackages: ['python3-aiortc', 'python3-aiohttp'],
  variable: 'AIORTC_PYTHON',
});
