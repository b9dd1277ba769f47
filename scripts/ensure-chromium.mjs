/* The end-to-end tests drive a real browser. Finds one, or installs it where that is ours to do. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const INSTALL = 'apt-get update && apt-get install -y chromium';

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function onPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function findChromium() {
  const { CHROMIUM_PATH } = process.env;
  return CHROMIUM_PATH ? [CHROMIUM_PATH].find(isExecutable) : onPath(NAMES);
}

function mayInstall() {
  if (process.env.CHROMIUM_PATH || process.getuid?.() !== 0) return false;
  return existsSync('/etc/debian_version') && onPath(['apt-get']) !== undefined;
}

async function install() {
  console.log(`no Chromium here: ${INSTALL} (about a minute)`);
  return run('sh', ['-c', INSTALL], { DEBIAN_FRONTEND: 'noninteractive' });
}

if (findChromium() === undefined && mayInstall()) await install();

const chromium = findChromium();
if (chromium === undefined) {
  const { CHROMIUM_PATH } = process.env;
  const reason = CHROMIUM_PATH ? `CHROMIUM_PATH=${CHROMIUM_PATH} can't be run` : 'no Chromium found';
  console.error(`${reason}; type: sudo sh -c '${INSTALL}', or set CHROMIUM_PATH to a Chromium or Chrome`);
  process.exitCode = 1;
} else {
  console.log(chromium);
}
