/* One end-to-end test needs Firefox, which reads the end of a socket differently from Chromium. Finds it, or installs it. */
import { ensureProgram } from './ensure-program.mjs';

await ensureProgram({
  title: 'Firefox',
  names: ['firefox-esr', 'firefox'],
  debianPackage: 'firefox-esr',
  variable: 'FIREFOX_PATH',
});
