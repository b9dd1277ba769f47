import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../e2e/free-port.ts';
import { until } from '../e2e/until.ts';

/** A kind of engine server, such as Redis. */
export interface EngineKind {
  /** The command, and the Debian package with the same name. */
  readonly program: string;
  /** The arguments of the command. */
  command(port: number, folder: string): readonly string[];
  url(port: number): string;
  /** Resolves if the server answers. */
  probe(port: number): Promise<unknown>;
}

const START_MS = 60_000;
/** `scripts/run.mjs` gives a folder in memory, where an fsync costs nothing. */
const PARENT = process.env['TEST_MEMORY_FOLDER'] ?? tmpdir();

/** An engine process on loopback, with a folder of its own. */
export class EngineServer {
  readonly port: number;
  readonly #kind: EngineKind;
  readonly #folder: string;
  #child: ChildProcess;

  private constructor(kind: EngineKind, port: number) {
    this.port = port;
    this.#kind = kind;
    this.#folder = mkdtempSync(join(PARENT, 'engine-'));
    this.#child = this.#spawn();
  }

  /** @throws Error if the program is not installed. */
  static async start(kind: EngineKind, port?: number): Promise<EngineServer> {
    const server = new EngineServer(kind, port ?? (await freePort()));
    await server.#waitUntilReady();
    return server;
  }

  get url(): string {
    return this.#kind.url(this.port);
  }

  /** The URL through another port, for example of a proxy. */
  urlAt(port: number): string {
    return this.#kind.url(port);
  }

  /** Suspends the process, as on an overloaded host. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  /** Kills the process and starts it again. @param memory whether its files are kept. */
  async restart(memory: 'kept' | 'lost' = 'lost'): Promise<void> {
    await this.#kill();
    if (memory === 'lost') {
      rmSync(this.#folder, { recursive: true, force: true });
      mkdirSync(this.#folder);
    }
    this.#child = this.#spawn();
    await this.#waitUntilReady();
  }

  /** Kills the process. */
  kill(): Promise<void> {
    return this.#kill();
  }

  async stop(): Promise<void> {
    await this.#kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(): ChildProcess {
    return spawn(this.#kind.program, this.#kind.command(this.port, this.#folder), { stdio: 'ignore' });
  }

  async #kill(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async #waitUntilReady(): Promise<void> {
    const { program } = this.#kind;
    const failed = new Promise<never>((_, reject) => {
      this.#child.once('error', () => reject(new Error(`${program} is not installed: run apt-get install ${program}`)));
    });
    const ready = until(START_MS, `${program} to answer`, () =>
      this.#kind.probe(this.port).then(
        () => true,
        () => undefined,
      ),
    );
    await Promise.race([ready, failed]);
  }
}
