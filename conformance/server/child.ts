import { spawn, type ChildProcess } from 'node:child_process';

const MAX_OUTPUT_CHARACTERS = 4_000;
const STOP_MS = 3_000;
const LAST_LINES = 3;
const ERROR_LINE = /\b\w*(error|exception|panic\w*)\b: ./i;
const HAS_PROCESS_GROUPS = process.platform !== 'win32';

const running = new Set<Child>();

/** Ends what is left. A signal that ends this process by `process.exit` leaves no server behind. */
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A server process that the suite started, and whatever that started in turn. */
export class Child {
  readonly exited: Promise<void>;
  readonly #process: ChildProcess;
  #output = '';
  #exitReason: string | undefined;

  constructor(command: readonly string[]) {
    const [file = '', ...args] = command;
    // A group of its own: what `npx` starts is ended with it.
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
      this.#process.once('error', (error) => end(`could not be started: ${error.message}`));
      this.#process.once('exit', (code, signal) => end(`ended with ${signal ?? `code ${code}`}`));
    });
  }

  /** How it ended; undefined as long as it runs. */
  get exitReason(): string | undefined {
    return this.#exitReason;
  }

  /** Its last complaint, or the last lines that it printed where there is none; on one line. */
  get lastOutput(): string {
    const lines = this.#output.trim().split(/\s*\n\s*/);
    return lines.findLast((line) => ERROR_LINE.test(line)) ?? lines.slice(-LAST_LINES).join(' | ');
  }

  /** All that it printed lately. */
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
      // It has ended meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** SIGTERM; where that is not enough, SIGKILL. Harmless when it has ended. */
  async stop(): Promise<void> {
    if (this.#exitReason !== undefined) return;
    this.kill('SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), STOP_MS);
    await this.exited;
    clearTimeout(timer);
  }
}
