/**
 * A moment or a duration, in whole milliseconds. Moments count from an arbitrary start, are monotonic, and are not dates.
 */
export type Millis = number;

/** A moment later than all others. */
export const NEVER: Millis = Number.POSITIVE_INFINITY;
