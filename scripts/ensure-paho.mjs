/* Finds or installs Paho for Python, the MQTT client of Debian, for the end-to-end tests of MQTT. */
import { ensurePythonModules } from './ensure-python-modules.mjs';

await ensurePythonModules({
  title: 'Python with paho-mqtt',
  modules: ['paho.mqtt.client'],
  debianPackages: ['python3-paho-mqtt'],
  variable: 'PAHO_PYTHON',
});
