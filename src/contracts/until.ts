/** Waits for a promise, with a timeout. The error names `what`. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const failure = new Error(`waited ${ms} ms for ${what}`);
    timer = setTimeout(() => reject(failure), ms);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns undefined while there is no result. */
type Probe<T> = () => Promise<T | undefined> | T | undefined;

/** Polls `probe` until it returns a value; an exception counts as no result yet. */
export async function until<T>(ms: number, what: string, probe: Probe<T>): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const { value, error } = await attempt(probe);
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`waited ${ms} ms for ${what}`, { cause: error });
    await elapsed(POLL_MS);
  }
}

/** Resolves when `ms` have passed, for rules about time. */
export function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const POLL_MS = 20;

async function attempt<T>(probe: Probe<T>): Promise<{ value?: T | undefined; error?: unknown }> {
  try {
    return { value: await probe() };
  } catch (error) {
    return { error };
  }
}
