/* Finds or installs Chromium for the end-to-end tests. */
import { ensureProgram } from './ensure-program.mjs';

await ensureProgram({
  title: 'Chromium',
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  debianPackage: 'chromium',
  variable: 'CHROMIUM_PATH',
});
