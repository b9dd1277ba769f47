import { spawn, type ChildProcess } from 'node:child_process';

const MAX_OUTPUT_CHARACTERS = 4_000;
const STOP_MS = 3_000;
const LAST_LINES = 3;
const ERROR_LINE = /\b\w*(error|exception|panic\w*)\b: ./i;
const HAS_PROCESS_GROUPS = process.platform !== 'win32';

const running = new Set<Child>();

/** Kills the remaining servers, also if a signal ends this process by `process.exit`. */
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A server process started by the suite, with its descendants. */
export class Child {
  readonly exited: Promise<void>;
  readonly #process: ChildProcess;
  #output = '';
  #exitReason: string | undefined;

  constructor(command: readonly string[]) {
    const [file = '', ...args] = command;
    // A separate process group, so that descendants of `npx` are killed as well.
    this.#process = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: HAS_PROCESS_GROUPS });
    running.add(this);
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream
        ?.setEncoding('utf8')
        .on('data', (text: string) => (this.#output = (this.#output + text).slice(-MAX_OUTPUT_CHARACTERS)));
    }
    this.exited = new Promise((resolve) => {
      const end = (ending: string): void => {
        this.#exitReason ??= ending;
        running.delete(this);
        resolve();
      };
      this.#process.once('error', (error) => end(`failed to start: ${error.message}`));
      this.#process.once('exit', (code, signal) => end(`exited with ${signal ?? `code ${code}`}`));
    });
  }

  /** How the process ended; undefined while it is running. */
  get exitReason(): string | undefined {
    return this.#exitReason;
  }

  /** The last line that looks like an error, otherwise the last lines of output; on one line. */
  get lastOutput(): string {
    const lines = this.#output.trim().split(/\s*\n\s*/);
    return lines.findLast((line) => ERROR_LINE.test(line)) ?? lines.slice(-LAST_LINES).join(' | ');
  }

  /** The most recent output. */
  get output(): string {
    return this.#output;
  }

  kill(signal: NodeJS.Signals): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      if (HAS_PROCESS_GROUPS) process.kill(-pid, signal);
      else this.#process.kill(signal);
    } catch (error) {
      // The process has already ended.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Sends SIGTERM, then SIGKILL after a timeout. No effect if the process has ended. */
  async stop(): Promise<void> {
    if (this.#exitReason !== undefined) return;
    this.kill('SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), STOP_MS);
    await this.exited;
    clearTimeout(timer);
  }
}
