import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../e2e/free-port.ts';
import { LOOPBACK } from '../e2e/server-kinds.ts';
import { until } from '../e2e/until.ts';

const START_MS = 10_000;

/** A Redis of one's own on loopback, which keeps nothing. */
export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  #child: ChildProcess;

  private constructor(port: number, folder: string, child: ChildProcess) {
    this.port = port;
    this.#folder = folder;
    this.#child = child;
  }

  /** @throws where `redis-server` is not installed. */
  static async start(port?: number): Promise<RedisServer> {
    const chosen = port ?? (await freePort());
    const folder = mkdtempSync(join(tmpdir(), 'redis-'));
    const server = new RedisServer(chosen, folder, run(chosen, folder));
    await server.#answers();
    return server;
  }

  get url(): string {
    return `redis://${LOOPBACK}:${this.port}`;
  }

  /** Stops answering without ending, as a host does that has too much to do. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  /** Ends it and starts it again: it has forgotten everything. */
  async restart(): Promise<void> {
    await this.#end();
    this.#child = run(this.port, this.#folder);
    await this.#answers();
  }

  async stop(): Promise<void> {
    await this.#end();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async #answers(): Promise<void> {
    const failed = new Promise<never>((_, reject) => {
      this.#child.once('error', () => reject(new Error('redis-server is missing: apt-get install redis-server')));
    });
    const ready = until(START_MS, 'redis-server to answer', async () => {
      const redis = new Redis({ port: this.port, host: LOOPBACK, lazyConnect: true, retryStrategy: () => null });
      redis.on('error', () => undefined);
      try {
        await redis.connect();
        return (await redis.ping()) === 'PONG' ? true : undefined;
      } finally {
        redis.disconnect();
      }
    });
    await Promise.race([ready, failed]);
  }
}

function run(port: number, folder: string): ChildProcess {
  const options = ['--port', String(port), '--bind', LOOPBACK, '--save', '', '--appendonly', 'no', '--dir', folder];
  return spawn('redis-server', options, { stdio: 'ignore' });
}
