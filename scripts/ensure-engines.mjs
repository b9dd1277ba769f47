/* Finds Redis, NATS, Mosquitto, nginx, haproxy, Caddy, coturn and Prometheus for the tests, or installs them (root on Debian). */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { INSTALL } from './ensure-program.mjs';
import { run } from './run.mjs';

const ENGINES = ['redis-server', 'nats-server', 'mosquitto', 'nginx', 'haproxy', 'caddy', 'turnserver', 'prometheus', 'promtool'];
/** Packages with another name than their program. */
const PACKAGES = { turnserver: 'coturn', promtool: 'prometheus' };
const packagesOf = (names) => [...new Set(names.map((name) => PACKAGES[name] ?? name))].join(' ');
const install = (missing) => `apt-get update && apt-get ${INSTALL} --no-install-recommends ${packagesOf(missing)}`;

function isOnPath(name) {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

const missing = () => ENGINES.filter((name) => !isOnPath(name));
const mayInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version') && isOnPath('apt-get');

if (missing().length > 0 && mayInstall) {
  console.log(`installing ${missing().join(', ')}: ${install(missing())}`);
  await run('sh', ['-c', install(missing())], { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' });
}

if (missing().length === 0) console.log(ENGINES.join(', '));
else {
  console.error(`${missing().join(', ')} not found; run: sudo sh -c '${install(missing())}'`);
  process.exitCode = 1;
}
