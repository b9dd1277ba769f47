/** Waits for what should come; says what did not when it does not come in time. */
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

/** Gives undefined as long as there is no answer. */
type Probe<T> = () => Promise<T | undefined> | T | undefined;

/** Asks again and again until `ask` gives a value; what it throws counts as no answer yet. */
export async function until<T>(ms: number, what: string, probe: Probe<T>): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const { value, error } = await attempt(probe);
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`waited ${ms} ms for ${what}`, { cause: error });
    await elapsed(POLL_MS);
  }
}

/** For rules that are about time: resolves when `ms` have passed. */
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
