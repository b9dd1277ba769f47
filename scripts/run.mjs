import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');

const VITEST = 'node_modules/vitest/vitest.mjs';
const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** The file system in memory of Linux. In a container it may be too small for the streams of an engine. */
const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 2 ** 30;

/** Runs a program in the root folder and shows its output. @returns whether its exit code is 0. */
export function run(program, args, environment = {}) {
  return ended(spawn(program, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...environment } }));
}

/** Such a process gets a third of the CPU time of another one. */
const LOW_PRIORITY = ['nice', '-n', '5'];

/**
 * Runs vitest, then kills its remaining processes, because a busy loop ignores signals, and removes all temporary files, because
 * killed programs leave theirs. @param {{ log?: number }} background at a low priority, and with this file descriptor for the
 * output. @returns whether all tests pass.
 */
export async function runVitest(node, args, environment = {}, { log } = {}) {
  const temporary = mkdtempSync(join(tmpdir(), 'signalbox-tests-'));
  // For programs that run as another user.
  chmodSync(temporary, 0o755);
  const inMemory = mkdtempSync(join(hasMemoryFolder() ? MEMORY : tmpdir(), 'signalbox-engines-'));
  const reporters = ['--reporter=default', '--reporter=./scripts/stall-reporter.mjs'];
  const [program, ...before] = log === undefined ? [node] : [...LOW_PRIORITY, node];
  const child = spawn(program, [...before, VITEST, 'run', ...reporters, ...args], {
    cwd: ROOT,
    stdio: log === undefined ? 'inherit' : ['ignore', log, log],
    detached: true,
    env: { ...process.env, TMPDIR: temporary, TEST_MEMORY_FOLDER: inMemory, ...environment },
  });
  const pass = (signal) => signalAll(child.pid, signal);
  for (const signal of INTERRUPTIONS) process.on(signal, pass);
  const isGreen = await ended(child);
  for (const signal of INTERRUPTIONS) process.off(signal, pass);
  signalAll(child.pid, 'SIGKILL');
  // A process that was killed may still write for a moment.
  for (const folder of [temporary, inMemory]) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  return isGreen;
}

function hasMemoryFolder() {
  if (!existsSync(MEMORY)) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ENOUGH_BYTES;
}

function ended(child) {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${child.spawnfile}: ${error.message}`);
      resolve(false);
    });
    child.on('exit', (code) => resolve(code === 0));
  });
}

/** Sends a signal to a process group. */
function signalAll(leader, signal) {
  try {
    if (leader !== undefined) process.kill(-leader, signal);
  } catch (error) {
    // No process of the group is left.
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Runs a script with the same Node. */
export function runNode(args, environment) {
  return run(process.execPath, args, environment);
}

/** Runs a script of package.json, with the same npm if npm started this process. */
export function runScript(name, environment) {
  const { npm_execpath: npm } = process.env;
  const args = ['run', '--silent', name];
  return npm === undefined ? run('npm', args, environment) : runNode([npm, ...args], environment);
}
