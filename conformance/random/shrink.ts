/** Options for reducing a failing list. */
export interface ShrinkOptions<T> {
  /** @returns the executed items if they fail in the same way, otherwise undefined. */
  readonly failing: (things: readonly T[]) => Promise<readonly T[] | undefined>;
  /** Simpler replacements of an item, simplest first. */
  readonly simpler: (thing: T) => readonly T[];
  /** True after the time limit; the best result so far is returned. */
  readonly isOver: () => boolean;
  /** The number of parallel attempts. */
  readonly atOnce: number;
}

/**
 * Removes items, large chunks first, then simplifies the remaining ones, until no attempt fails any more.
 * @param things a failing list. @returns a failing list of at most the same length
 */
export async function shrink<T>(things: readonly T[], shrinking: ShrinkOptions<T>): Promise<readonly T[]> {
  let least = things;
  for (let before: readonly T[] | undefined; before !== least && !shrinking.isOver();) {
    before = least;
    least = await simplify(await leaveOut(least, shrinking), shrinking);
  }
  return least;
}

async function leaveOut<T>(things: readonly T[], shrinking: ShrinkOptions<T>): Promise<readonly T[]> {
  let least = things;
  for (let size = Math.floor(least.length / 2); size >= 1; size = Math.floor(Math.min(size, least.length) / 2)) {
    // The last item showed the failure, so it is rarely removable.
    let end = size > 1 ? least.length - 1 : least.length;
    while (end > 0 && !shrinking.isOver()) {
      const ends = Array.from({ length: shrinking.atOnce }, (_, i) => end - i * size).filter((place) => place > 0);
      const tried = await firstFailing(
        ends.map((place) => [...least.slice(0, Math.max(0, place - size)), ...least.slice(place)]),
        shrinking,
      );
      least = tried?.failing ?? least;
      end = Math.min((ends[tried?.at ?? ends.length - 1] ?? 0) - size, least.length);
    }
  }
  return least;
}

async function simplify<T>(things: readonly T[], shrinking: ShrinkOptions<T>): Promise<readonly T[]> {
  let least = things;
  for (let at = 0; at < least.length && !shrinking.isOver();) {
    const thing = least[at];
    const simpler = thing === undefined ? [] : shrinking.simpler(thing);
    const tried = await firstFailing(
      simpler.map((other) => [...least.slice(0, at), other, ...least.slice(at + 1)]),
      shrinking,
    );
    if (tried === undefined) at++;
    else least = tried.failing;
  }
  return least;
}

interface Tried<T> {
  readonly at: number;
  readonly failing: readonly T[];
}

/** Tries candidates in parallel. @returns the first failing one, in their order */
async function firstFailing<T>(
  candidates: readonly (readonly T[])[],
  { failing, isOver, atOnce }: ShrinkOptions<T>,
): Promise<Tried<T> | undefined> {
  for (let from = 0; from < candidates.length && !isOver(); from += atOnce) {
    const batch = candidates.slice(from, from + atOnce);
    const results = await Promise.all(batch.map(async (things) => (things.length === 0 ? undefined : failing(things))));
    const found = results.findIndex((result) => result !== undefined);
    const result = results[found];
    if (result !== undefined) return { at: from + found, failing: result };
  }
  return undefined;
}
