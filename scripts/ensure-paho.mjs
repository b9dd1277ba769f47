/* Finds or installs Paho for Python, the MQTT client of Debian, for the end-to-end tests of MQTT. */
import { execFileSync } from 'node:child_process';
import { ensureProgram } from './ensure-program.mjs';

function importsPaho(python) {
  try {
    execFileSync(python, ['-c', 'import paho.mqtt.client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

await ensureProgram({
  title: 'Python with paho-mqtt',
  // A Python of a version manager, earlier on the path, has no Debian packages.
  names: ['/usr/bin/python3'],
  debianPackage: '--no-install-recommends python3-paho-mqtt',
  variable: 'PAHO_PYTHON',
  accepts: importsPaho,
});
