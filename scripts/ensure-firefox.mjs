/* Finds or installs Firefox for an end-to-end test, because Firefox handles the end of a socket differently from Chromium. */
import { ensureProgram } from './ensure-program.mjs';

await ensureProgram({
  title: 'Firefox',
  names: ['firefox-esr', 'firefox'],
  debianPackage: 'firefox-esr',
  variable: 'FIREFOX_PATH',
});
