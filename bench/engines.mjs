/* The engines of a cluster, each in a process and a folder of its own. */
import { Redis } from 'ioredis';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { end, startProgram } from './processes.mjs';
import { answers, freePort } from './servers.mjs';

const HOST = '127.0.0.1';
const START_MS = 10_000;

const ENGINES = {
  redis: (port, folder) => ['redis-server', ['--port', String(port), '--bind', HOST, '--save', '', '--dir', folder]],
  nats: (port, folder) => ['nats-server', ['--addr', HOST, '--port', String(port), '--jetstream', '--store_dir', folder]],
};

/** @param {keyof ENGINES} name @throws Error if it is not installed */
export async function startEngine(name) {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'bench-engine-'));
  const [program, args] = ENGINES[name](port, folder);
  const child = startProgram(program, args);
  const deadline = Date.now() + START_MS;
  while (!(await answers(port))) {
    if (child.pid === undefined || child.exitCode !== null || Date.now() > deadline) throw new Error(`${program} does not start: is it installed?`);
    await pause(20);
  }
  return {
    url: `${name}://${HOST}:${port}`,
    pid: child.pid,
    ...(name === 'redis' ? { scriptCount: () => scriptCount(port) } : {}),
    async stop() {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The number of scripts that a Redis has run. */
async function scriptCount(port) {
  const redis = new Redis(port, HOST);
  try {
    const stats = await redis.info('commandstats');
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  } finally {
    redis.disconnect();
  }
}
