/* Every process that the benchmark starts, so that none outlives it. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** A Node of its own that talks to this one. @param {URL} module @param {string[]} args */
export function startModule(module, args = []) {
  return kept(fork(module, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
}

/** A Node of its own. @param {{ cwd: URL, isAsked: boolean }} options `isAsked`: whether it talks to this one */
export function startNode(args, { cwd, isAsked }) {
  const stdio = isAsked ? ['ignore', 'ignore', 'pipe', 'ipc'] : ['ignore', 'ignore', 'pipe'];
  return kept(spawn(process.execPath, args, { cwd, stdio }));
}

/** Any program, which says nothing. */
export function startProgram(command, args) {
  return kept(spawn(command, args, { stdio: 'ignore' }));
}

/** Ends it without asking: it may be one that waits for its peers. */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const isOver = once(child, 'exit');
  child.kill('SIGKILL');
  await isOver;
}

/** Ends all that still runs, at once. */
export function endAll() {
  for (const child of running) child.kill('SIGKILL');
}

function kept(child) {
  running.add(child);
  child.on('exit', () => running.delete(child));
  child.on('error', (error) => console.error(`can't start a process: ${error.message}`));
  return child;
}
