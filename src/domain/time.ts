/**
 * A moment or a duration, in whole milliseconds. Moments count from an arbitrary start, are monotonic, and are not dates.
 */
export type Millis = number;

/** A moment later than all others. */
export const NEVER: Millis = Number.POSITIVE_INFINITY;

/** The time for state that outlives the process, whose moments are meaningless to the next process. */
export interface TimeOfDay {
  /** The moment now. */
  now(): Millis;
  /** Milliseconds since 1970 now. The time of day may be set back or forward while the process runs. */
  unixTime(): number;
}

/** The time of day of a moment, to be stored. */
export function unixTimeOf(moment: Millis, time: TimeOfDay): number {
  return Math.round(time.unixTime() - (time.now() - moment));
}

/** M14: the moment of a stored time of day, never later than now: a clock that was set back must not lengthen a timeout. */
export function momentOf(unixTime: number, time: TimeOfDay): Millis {
  return time.now() - Math.max(0, Math.floor(time.unixTime() - unixTime));
}
