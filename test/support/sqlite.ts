import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import type { OpenConnection } from '../../src/adapters/mailboxes/sqlite/driver.ts';
import { loadDriver } from '../../src/adapters/mailboxes/sqlite/driver.ts';
import { createRequire } from 'node:module';

// The first run on Node 20 installs the package; later ones find it.
const found = execFileSync(process.execPath, ['scripts/ensure-sqlite.mjs'], { encoding: 'utf8' }).trim().split('\n').at(-1) ?? '';

/** The environment in which a process finds SQLite. */
export const SQLITE_ENV: NodeJS.ProcessEnv = { ...process.env, ...(found.startsWith('/') ? { NODE_PATH: found } : {}) };

/** Opens databases in this thread. */
export function openInThread(): OpenConnection {
  return loadDriver({
    builtin: (name) => process.getBuiltinModule(name),
    required: (name) => createRequire(join(found, 'any.cjs'))(name) as unknown,
  });
}

/** Starts the thread of the database, which Node can't load as TypeScript. */
export async function threadStarter(): Promise<{ start: () => Worker; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-thread-'));
  const outfile = join(folder, 'worker.mjs');
  const entryPoints = ['src/adapters/mailboxes/sqlite/worker.ts'];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  return {
    start: () => new Worker(outfile, { env: SQLITE_ENV, execArgv: ['--disable-warning=ExperimentalWarning'] }),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
