/** Does all, so many at once, in their order. Stops where one throws, when those under way have ended. */
export async function inPool<T>(size: number, things: readonly T[], work: (thing: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let thing = things[next++]; thing !== undefined; thing = things[next++]) await work(thing);
  };
  const endings = await Promise.allSettled(Array.from({ length: Math.min(size, things.length) }, worker));
  for (const ending of endings) if (ending.status === 'rejected') throw ending.reason;
}
