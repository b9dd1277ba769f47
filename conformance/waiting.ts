import { Failed } from './outcomes.ts';

/** Waits for what should come. @throws Failed, saying what did not come in time. */
export async function withTimeout<T>(ms: number, what: string, coming: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Failed(`waited ${ms} ms for ${what}`)), ms);
  });
  try {
    return await Promise.race([coming, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks again and again until there is an answer; what `ask` throws counts as none yet.
 * @throws Failed, saying what did not come and the last error of `ask`.
 */
export async function pollUntil<T>(ms: number, what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + ms;
  let last = '';
  while (performance.now() <= deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = `: ${errorMessage(error)}`;
    }
    await sleep(POLL_MS);
  }
  throw new Failed(`waited ${ms} ms for ${what}${last}`);
}

/** For rules that are about time: resolves when `ms` have passed. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What an error says; that of a failed connection has its text in a code. */
export function errorMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}

const POLL_MS = 20;
