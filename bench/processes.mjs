/* Keeps a list of all started processes, so that none outlives the benchmark. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** A Node process with an IPC channel. @param {URL} module @param {string[]} args */
export function startModule(module, args = []) {
  return kept(fork(module, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
}

/**
 * A Node process.
 * @param {string[]} args
 * @param {{ cwd: URL, hasChannel: boolean, environment?: Record<string, string>, under?: string[] }} options
 * `hasChannel`: whether it has an IPC channel; `environment`: additional variables; `under`: a program that runs Node, and its
 * arguments
 */
export function startNode(args, { cwd, hasChannel, environment = {}, under = [] }) {
  const stdio = hasChannel ? ['ignore', 'ignore', 'pipe', 'ipc'] : ['ignore', 'ignore', 'pipe'];
  const [program, ...rest] = [...under, process.execPath, ...args];
  return kept(spawn(program, rest, { cwd, stdio, env: { ...process.env, ...environment } }));
}

/** Any program, with its output discarded. */
export function startProgram(command, args) {
  return kept(spawn(command, args, { stdio: 'ignore' }));
}

/** Kills it, because a graceful shutdown may wait for its peers. */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const isOver = once(child, 'exit');
  child.kill('SIGKILL');
  await isOver;
}

/** Kills all running processes. */
export function endAll() {
  for (const child of running) child.kill('SIGKILL');
}

function kept(child) {
  running.add(child);
  child.on('exit', () => running.delete(child));
  child.on('error', (error) => console.error(`can't start a process: ${error.message}`));
  return child;
}
