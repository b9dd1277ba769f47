import type { Scope } from './draw-steps.ts';
import type { Limits } from './limits.ts';
import type { Stage } from './stage.ts';
import { IDS } from './steps.ts';

const USUAL_ARRIVALS = 8;
/** A realm that is hardly ever full shows nothing of its bound. */
const MANY_ARRIVALS = 24;
const USUAL_FLOODS = [20, 60, 250];
/** A bound that is higher would cost too much to reach. */
const HIGHEST_BURST = 1_000;
const MOST_STUMBLES = 50;

/** What random steps are drawn from on a stage: bounds that are known and near are run into, deadlines waited for. */
export function scopeOf({ keys, expected, longestWait }: Stage, most: number): Scope {
  const { habits, limits } = expected;
  return {
    realms: keys.length,
    hasNobody: habits.idsAreChecked,
    arrivals: (limits.concurrentLimit ?? Infinity) < IDS.length ? MANY_ARRIVALS : USUAL_ARRIVALS,
    floods: floodsFor(limits),
    stumbles: stumblesFor(limits),
    spans: spansFor(limits, longestWait),
    least: Math.ceil(most / 5),
    most,
  };
}

function floodsFor({ messageBurst = Infinity, mailboxMessages = Infinity }: Limits): number[] {
  const bounds = [messageBurst, mailboxMessages].filter((bound) => bound <= HIGHEST_BURST);
  return [...USUAL_FLOODS, ...bounds.map((bound) => bound + 10)];
}

function stumblesFor({ malformedPerWindow = Infinity }: Limits): number[] {
  return malformedPerWindow <= MOST_STUMBLES ? [1, 1, 1, 2 * malformedPerWindow + 3] : [1];
}

/** Where a deadline comes soon enough it is waited for, and approached. */
function spansFor({ expireTimeout = Infinity, aliveTimeout = Infinity, sweepInterval }: Limits, longest: number): Span[] {
  const spans: Span[] = [[1, 30]];
  if (expireTimeout + sweepInterval <= longest) {
    spans.push(span(0.3 * expireTimeout, 0.6 * expireTimeout), span(expireTimeout, expireTimeout + sweepInterval));
  }
  if (aliveTimeout + sweepInterval <= longest) spans.push(span(aliveTimeout, aliveTimeout + sweepInterval));
  if (2 * aliveTimeout + sweepInterval <= longest) spans.push(span(2 * aliveTimeout, 2 * aliveTimeout + sweepInterval));
  return spans;
}

type Span = readonly [from: number, to: number];

function span(from: number, to: number): Span {
  return [Math.round(from), Math.round(to)];
}
