import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { run } from './run.mjs';

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
  return names.flatMap((name) => (isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name)))).find(isExecutable);
}

/** The arguments of `apt-get install`: it waits up to five minutes for another apt-get. */
export const INSTALL = '-o DPkg::Lock::Timeout=300 install -y';

/**
 * Finds a program, or installs its Debian package if this process is root. Prints its path, or the command that installs it.
 * The environment variable `variable` can contain the path of another program.
 * A program for which `accepts` returns false counts as missing. The `alternatives` are used only if it can't be installed.
 */
export async function ensureProgram({ title, names, alternatives = [], debianPackage, variable, accepts = () => true }) {
  const given = process.env[variable];
  const find = (wanted) =>
    [given ? [given].find(isExecutable) : onPath(wanted)].find((path) => path !== undefined && accepts(path));
  const install = `apt-get update && apt-get ${INSTALL} ${debianPackage}`;
  const mayInstall = !given && process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath(['apt-get']) !== undefined;
  if (find(names) === undefined && mayInstall) {
    console.log(`installing ${title}: ${install} (about a minute)`);
    await run('sh', ['-c', install], { DEBIAN_FRONTEND: 'noninteractive' });
  }
  const path = find(names) ?? find(alternatives);
  if (path !== undefined) return console.log(path);
  const reason = given ? `${variable}=${given} is not ${title}` : `${title} is not installed`;
  console.error(`${reason}; run: sudo sh -c '${install}', or set ${variable} to its path`);
  process.exitCode = 1;
}
