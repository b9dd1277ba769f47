import { expect } from 'vitest';
import { Child, type Exit } from '../../support/e2e/child.ts';
import type { Address } from '../../support/e2e/server-client.ts';
import { until, within } from '../../support/e2e/until.ts';
import { documentedCommands, wordsOf } from '../docs/commands.ts';

/** A program of `examples/` that joins a broker as a peer. */
export interface PeerProgram {
  readonly name: string;
  /** The page with the command that starts it. */
  readonly readme: string;
}

export const SERVER_PEER: PeerProgram = { name: 'examples/server-peer', readme: 'examples/server-peer/README.md' };
export const AIORTC: PeerProgram = { name: 'examples/aiortc', readme: 'examples/aiortc/README.md' };
export const PROGRAMS = [SERVER_PEER, AIORTC];

/** Values of the options of the command, by name. */
export type PeerFlags = Readonly<Record<string, string>>;

/** The broker of a program. */
export type BrokerAddress = Pick<Address, 'host' | 'port' | 'path'>;

const TIMEOUT_MS = 90_000;

/** One process of a program, started by the command of its page with another broker and other flags. */
export class RunningPeer {
  readonly id: string;
  readonly #program: PeerProgram;
  readonly #child: Child;

  private constructor(program: PeerProgram, child: Child, id: string) {
    this.#program = program;
    this.#child = child;
    this.id = id;
  }

  static start(
    program: PeerProgram,
    { host, port, path }: BrokerAddress,
    flags: PeerFlags,
    environment: Readonly<Record<string, string>> = {},
  ): RunningPeer {
    const all = { broker: `http://${host}:${port}${path}`, ...flags };
    const words = [...programOf(program), ...Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])];
    return new RunningPeer(program, new Child(words, environment), flags['id'] ?? '');
  }

  get pid(): number {
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return this.#child.isRunning;
  }

  get output(): string {
    return this.#child.stdout + this.#child.stderr;
  }

  /** The nth line of the log that matches. */
  async waitForLine(pattern: RegExp, nth = 1): Promise<string> {
    // A line that the program has not completed may end too early.
    const lines = (): string[] => [this.#child.stdout, this.#child.stderr].flatMap((text) => text.split('\n').slice(0, -1));
    const found = (): string | undefined => lines().filter((line) => pattern.test(line))[nth - 1];
    return until(TIMEOUT_MS, `line ${nth} with ${pattern.source}`, () => {
      if (this.#child.isRunning || found() !== undefined) return found();
      return `${this.#program.name} ended: ${this.output}`;
    }).catch((error: unknown) => {
      throw new Error(`${this.#program.name} logged: ${this.output}`, { cause: error });
    });
  }

  async waitUntilOpen(nth = 1): Promise<void> {
    expect(await this.waitForLine(/^open as /, nth)).toBe(`open as ${this.id}`);
  }

  /** Sends SIGTERM. */
  stop(): Promise<Exit> {
    return this.#child.stop();
  }

  /** Sends SIGTERM, and waits for the end, which no SIGKILL cuts short. */
  end(): Promise<Exit> {
    this.#child.signal('SIGTERM');
    return within(TIMEOUT_MS, `${this.#program.name} to end`, this.#child.exited);
  }
}

/** The interpreter and the file of the documented command. */
function programOf({ readme }: PeerProgram): string[] {
  const commands = documentedCommands().filter(({ source, line }) => source === readme && line.includes(' --broker '));
  const [file = '', script = ''] = wordsOf(commands[0]?.line ?? expect.fail(`${readme} has no command with --broker`));
  return [file === 'node' ? process.execPath : (process.env['AIORTC_PYTHON'] ?? file), script];
}
