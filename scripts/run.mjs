import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');

const VITEST = 'node_modules/vitest/vitest.mjs';
const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Runs a program in the root and shows what it says. @returns whether it went well. */
export function run(program, args, environment = {}) {
  return ended(spawn(program, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...environment } }));
}

/** Runs vitest with a Node, then ends what is left of it: a test that spins hears of nothing. @returns whether all is green. */
export async function runVitest(node, args, environment = {}) {
  const reporters = ['--reporter=default', '--reporter=./scripts/stall-reporter.mjs'];
  const child = spawn(node, [VITEST, 'run', ...reporters, ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    detached: true,
    env: { ...process.env, ...environment },
  });
  const pass = (signal) => signalAll(child.pid, signal);
  for (const signal of INTERRUPTIONS) process.on(signal, pass);
  const isGreen = await ended(child);
  for (const signal of INTERRUPTIONS) process.off(signal, pass);
  signalAll(child.pid, 'SIGKILL');
  return isGreen;
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

/** To a program that leads a group of its own, and to all that it has started. */
function signalAll(leader, signal) {
  try {
    if (leader !== undefined) process.kill(-leader, signal);
  } catch (error) {
    // Nobody is left.
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Runs a script with this very Node. */
export function runNode(args, environment) {
  return run(process.execPath, args, environment);
}

/** Runs a script of package.json, with the npm that started us where one did. */
export function runScript(name) {
  const { npm_execpath: npm } = process.env;
  return npm === undefined ? run('npm', ['run', '--silent', name]) : runNode([npm, 'run', '--silent', name]);
}
