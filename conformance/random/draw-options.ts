import type { DrawOptions } from './draw-steps.ts';
import type { Limits } from './limits.ts';
import type { RunContext } from './run-context.ts';
import { IDS } from './steps.ts';

const DEFAULT_CONNECT_WEIGHT = 8;
/** The concurrent limit is tested only if the realm is often full. */
const HIGH_CONNECT_WEIGHT = 24;
const DEFAULT_FLOOD_SIZES = [20, 60, 250];
/** Higher limits are too expensive to reach. */
const MAX_REACHABLE_BURST = 1_000;
const MAX_REACHABLE_MALFORMED = 50;

/** The distribution of random steps: known limits within reach are exceeded, and timeouts are awaited. */
export function drawOptionsFor({ keys, expected, longestWait }: RunContext, maxSteps: number): DrawOptions {
  const { behaviours, limits } = expected;
  const { expireTimeout = Infinity, aliveTimeout = Infinity, sweepInterval } = limits;
  return {
    realms: keys.length,
    hasUnusableId: behaviours.validatesIds,
    connectWeight: (limits.concurrentLimit ?? Infinity) < IDS.length ? HIGH_CONNECT_WEIGHT : DEFAULT_CONNECT_WEIGHT,
    floodSizes: floodSizesFor(limits),
    malformedCounts: malformedCountsFor(limits),
    waitRanges: waitRangesFor(limits, longestWait),
    scenarioTimes: {
      expireTimeout: expireTimeout + sweepInterval <= longestWait ? expireTimeout : undefined,
      aliveTimeout: aliveTimeout + sweepInterval <= longestWait ? aliveTimeout : undefined,
      sweepInterval,
    },
    minSteps: Math.ceil(maxSteps / 5),
    maxSteps,
  };
}

function floodSizesFor({ messageBurst = Infinity, mailboxMessages = Infinity }: Limits): number[] {
  const bounds = [messageBurst, mailboxMessages].filter((bound) => bound <= MAX_REACHABLE_BURST);
  return [...DEFAULT_FLOOD_SIZES, ...bounds.map((bound) => bound + 10)];
}

function malformedCountsFor({ malformedPerWindow = Infinity }: Limits): number[] {
  return malformedPerWindow <= MAX_REACHABLE_MALFORMED ? [1, 1, 1, 2 * malformedPerWindow + 3] : [1];
}

/** A timeout that is short enough is awaited and approached. */
function waitRangesFor(
  { expireTimeout = Infinity, aliveTimeout = Infinity, sweepInterval }: Limits,
  longest: number,
): WaitRange[] {
  const spans: WaitRange[] = [[1, 30]];
  if (expireTimeout + sweepInterval <= longest) {
    spans.push(waitRange(0.3 * expireTimeout, 0.6 * expireTimeout), waitRange(expireTimeout, expireTimeout + sweepInterval));
  }
  if (aliveTimeout + sweepInterval <= longest) spans.push(waitRange(aliveTimeout, aliveTimeout + sweepInterval));
  if (2 * aliveTimeout + sweepInterval <= longest) spans.push(waitRange(2 * aliveTimeout, 2 * aliveTimeout + sweepInterval));
  return spans;
}

type WaitRange = readonly [from: number, to: number];

function waitRange(from: number, to: number): WaitRange {
  return [Math.round(from), Math.round(to)];
}
