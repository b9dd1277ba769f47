import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { IceUrl } from '../target.ts';

/** One exchange of data between two peers. */
export interface MediaTask {
  readonly servers: readonly IceUrl[];
  readonly policy: 'all' | 'relay';
  readonly timeout: number;
}

/** `missing`: the library is not installed; `crashed`: it has ended its process, or has not answered in time. */
export type MediaOutcome = 'received' | 'lost' | 'missing' | 'crashed';

const PROCESS = fileURLToPath(new URL(import.meta.url.replace(/media-client(\.\w+)$/, 'media-process$1')));
/** For the start of the process, beside the timeout of the exchange. */
const START_TIMEOUT_MS = 10_000;
const ATTEMPTS = 2;

/** D13: exchanges data in a process of its own, because the library is native and can crash. A crash is repeated once. */
export async function exchangeData(task: MediaTask, program = PROCESS): Promise<MediaOutcome> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await outcomeOf(task, program);
    if (outcome !== 'crashed' || attempt === ATTEMPTS) return outcome;
  }
}

function outcomeOf(task: MediaTask, program: string): Promise<MediaOutcome> {
  return new Promise((resolve) => {
    // The credentials are not in the arguments, which other users can read.
    const child = fork(program, { stdio: 'ignore' });
    const end = (outcome: MediaOutcome): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(outcome);
    };
    const timer = setTimeout(() => end('crashed'), task.timeout + START_TIMEOUT_MS);
    child.once('message', (outcome: MediaOutcome) => end(outcome));
    child.once('error', () => end('crashed'));
    child.once('exit', () => end('crashed'));
    child.send(task, (error) => {
      if (error !== null) end('crashed');
    });
  });
}
