/**
 * Runs `work` for all items in order, at most `size` in parallel. After an error no new item starts; the error is thrown when the
 * running ones have ended.
 */
export async function inPool<T>(size: number, things: readonly T[], work: (thing: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let thing = things[next++]; thing !== undefined; thing = things[next++]) await work(thing);
  };
  const endings = await Promise.allSettled(Array.from({ length: Math.min(size, things.length) }, worker));
  for (const ending of endings) if (ending.status === 'rejected') throw ending.reason;
}
