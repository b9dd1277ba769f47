import { Child, type Exit } from './child.ts';
import { SIGNALBOX_CLI } from './server-kinds.ts';
import { within } from './until.ts';

export interface Outcome extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 60_000;

/** Runs the command line and waits for its end. */
export async function run(flags: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const child = new Child([process.execPath, SIGNALBOX_CLI, ...flags], environment);
  try {
    const exit = await within(TIMEOUT_MS, `signalbox ${flags.join(' ')} to end`, child.exited);
    return { ...exit, stdout: child.stdout, stderr: child.stderr };
  } finally {
    await child.stop();
  }
}
