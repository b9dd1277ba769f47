import { anyMatches } from './subscriber-search.ts';
import type { RequestedTopics, Selector } from './topic.ts';

/** MER7: limit for matching the topics of one request. About ten milliseconds. */
const MAX_STEPS = 4_000_000;

/** MER7: whether a client receives the private publications of all of these topics. A pattern is never included. */
export function hasClearance({ clearance = [] }: Pick<RequestedTopics, 'clearance'>, selectors: readonly Selector[]): boolean {
  if (clearance === 'all') return true;
  const budget = { steps: 0, maxSteps: MAX_STEPS };
  return selectors.every((one) => 'topic' in one && anyMatches([one.topic], clearance, budget) === true);
}
