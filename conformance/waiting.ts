import { Failed, TimedOut } from './outcomes.ts';

/**
 * Waits for a promise with a time limit. The limit is counted in slices, so time in which this process did not run counts as one
 * slice at most: a busy machine extends the limit.
 * @throws TimedOut, naming what did not arrive
 */
export async function withTimeout<T>(ms: number, what: string, coming: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    let left = SLICES;
    const next = (): void => {
      timer = setTimeout(() => {
        if (--left > 0) next();
        else reject(new TimedOut(`timed out after ${ms} ms waiting for ${what}`));
      }, ms / SLICES);
    };
    next();
  });
  try {
    return await Promise.race([coming, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Polls until `ask` returns a value; an error of `ask` counts as no value.
 * @throws Failed with the last error of `ask`; TimedOut if that was one.
 */
export async function pollUntil<T>(ms: number, what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + ms;
  let last = '';
  let isSilent = false;
  while (performance.now() <= deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = `: ${errorMessage(error)}`;
      isSilent = error instanceof TimedOut;
    }
    await sleep(POLL_MS);
  }
  const why = `timed out after ${ms} ms waiting for ${what}${last}`;
  throw isSilent ? new TimedOut(why) : new Failed(why);
}

/** The value if it arrives within `ms` milliseconds, otherwise undefined: for a reaction that a server need not show. */
export function within<T>(ms: number, coming: Promise<T>): Promise<T | undefined> {
  return Promise.race([coming, sleep(ms).then(() => undefined)]);
}

/** Resolves after `ms` milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Resolves after the due timers of this process have fired. A case with much work interrupts it this way, because late timers
 * mean a busy machine (see `DelayMeter`).
 */
export function timersFired(): Promise<void> {
  return sleep(0);
}

/** The message of an error; for a failed connection, its code. */
export function errorMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}

const POLL_MS = 20;
const SLICES = 10;
