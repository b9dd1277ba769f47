/* The end-to-end tests drive a real browser. Finds one, or installs it. */
import { ensureProgram } from './ensure-program.mjs';

await ensureProgram({
  title: 'Chromium',
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  debianPackage: 'chromium',
  variable: 'CHROMIUM_PATH',
});
