import type { History, Replay } from './history.ts';
import { anyMatches, type Budget } from './subscriber-search.ts';
import type { Clearance, Publication, RequestedTopics, Selector } from './topic.ts';

/** MER5: limit for finding the missed publications of one subscriber. */
const MAX_REPLAY_STEPS = 2_000_000;

/** To count the lines of a payload. */
const BYTES_PER_STEP = 4;

/** A replay, and what it takes. */
export interface MissedPublications extends Replay {
  /** Of matching, and of counting bytes. */
  readonly steps: number;
  /** Approximate size on the wire. */
  readonly bytes: number;
}

/** MER5: the publications of a history that a subscriber missed, the newest of them if not all fit into `maxBytes`. */
export function missedPublications(
  history: History,
  { selectors, clearance, since }: Pick<RequestedTopics, 'selectors' | 'clearance' | 'since'>,
  maxBytes: number,
): MissedPublications | undefined {
  if (since === undefined) return undefined;
  const budget: Budget = { steps: 0, maxSteps: MAX_REPLAY_STEPS };
  const matches = (publication: Publication): boolean | undefined => mayReceive(publication, selectors, clearance, budget);
  let freeBytes = maxBytes;
  let countedBytes = 0;
  const replay = history.replaySince(
    since,
    (publication) => matches(publication) === true,
    (publication) => {
      const isMatch = matches(publication);
      if (isMatch === false) return 'skip';
      if (!knownSizes.has(publication)) countedBytes += publication.payload.length;
      freeBytes -= eventBytesOf(publication);
      return isMatch === undefined || freeBytes < 0 ? 'stop' : 'take';
    },
  );
  return { ...replay, steps: budget.steps + countedBytes / BYTES_PER_STEP, bytes: maxBytes - freeBytes };
}

/** MER7. @returns undefined if the budget is exhausted before a result. */
export function mayReceive(
  publication: Publication,
  selectors: readonly Selector[],
  clearance: Clearance | undefined,
  budget: Budget,
): boolean | undefined {
  const isSubscribed = anyMatches(publication.topics, selectors, budget);
  if (isSubscribed !== true || !publication.isPrivate || clearance === 'all') return isSubscribed;
  return anyMatches(publication.topics, clearance ?? [], budget);
}

const EVENT_BYTES = 64;
const LINE_BYTES = 8;
const [LINE_FEED, CARRIAGE_RETURN] = [10, 13];

/** M23: counted once for each kept publication, because each replay needs them all. */
const knownSizes = new WeakMap<Publication, number>();

/** Approximate size on the wire. */
export function eventBytesOf(publication: Publication): number {
  const known = knownSizes.get(publication);
  if (known !== undefined) return known;
  const bytes = estimatedEventBytes(publication);
  knownSizes.set(publication, bytes);
  return bytes;
}

/** Each line of the payload has a prefix. */
function estimatedEventBytes({ id, type, payload }: Publication): number {
  let lines = 1;
  // An iterator takes three times as long until the function is optimized, which is most of the first replay.
  for (let at = 0; at < payload.length; at++) if (payload[at] === LINE_FEED || payload[at] === CARRIAGE_RETURN) lines += 1;
  return EVENT_BYTES + 3 * (id.length + (type?.length ?? 0)) + payload.length + LINE_BYTES * lines;
}
