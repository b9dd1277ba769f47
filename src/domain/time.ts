/**
 * A moment or a span, in whole milliseconds. Moments count from an arbitrary start and never
 * run backwards: they order events and measure silence, they are no date.
 */
export type Millis = number;

/** A moment that does not come. */
export const NEVER: Millis = Number.POSITIVE_INFINITY;
