import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');

/** A file that any Node can run. */
export const VITEST = 'node_modules/vitest/vitest.mjs';

/** Runs a program in the root and shows what it says. @returns whether it went well. */
export function run(program, args, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...environment } });
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(false);
    });
    child.on('close', (code) => resolve(code === 0));
  });
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
