/*
 * Finds or installs Chromium for the end-to-end tests: its headless shell, which needs less than half of the CPU time of the
 * browser without windows. The browser does as well.
 */
import { ensureProgram } from './ensure-program.mjs';

await ensureProgram({
  title: 'Chromium',
  names: ['chromium-headless-shell'],
  alternatives: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  debianPackage: 'chromium-headless-shell',
  variable: 'CHROMIUM_PATH',
});
