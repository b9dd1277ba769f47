import { spawn, type ChildProcess } from 'node:child_process';
import { ROOT } from '../../architecture/tree.ts';
import { within } from './until.ts';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const running = new Set<ChildProcess>();

// No process outlives the tests, even after a failure.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process that a test started. */
export class Child {
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #stdout: string[] = [];
  readonly #stderr: string[] = [];

  constructor(command: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const [file = '', ...args] = command;
    const env = { ...cleanEnvironment(process.env), ...environment };
    this.#child = spawn(file, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this.#child);
    collect(this.#child.stdout, this.#stdout);
    collect(this.#child.stderr, this.#stderr);
    this.exited = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => resolve({ code, signal }));
    });
    this.exited.then(
      () => running.delete(this.#child),
      () => running.delete(this.#child),
    );
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get stdout(): string {
    return this.#stdout.join('');
  }

  get stderr(): string {
    return this.#stderr.join('');
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Sends SIGTERM, and SIGKILL after a timeout. No effect if the process has ended. */
  async stop(): Promise<Exit> {
    if (!this.isRunning) return this.exited;
    this.signal('SIGTERM');
    try {
      return await within(STOP_MS, 'a process to stop', this.exited);
    } catch {
      this.signal('SIGKILL');
      return this.exited;
    }
  }
}

const STOP_MS = 3_000;
const REMOVED_VARIABLES = /^(PORT|NODE_OPTIONS|FORCE_COLOR|VITEST.*|PEERJS_.*|PEERSERVER_.*|SIGNALBOX_.*)$/;

function collect(stream: NodeJS.ReadableStream | null, into: string[]): void {
  stream?.setEncoding('utf8').on('data', (text: string) => into.push(text));
}

/** The environment without the variables of the test runner and of other servers. */
function cleanEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = Object.entries(environment).filter(([name]) => !REMOVED_VARIABLES.test(name));
  return { ...Object.fromEntries(ours), NODE_ENV: 'production' };
}
