import type { Millis } from '../../domain/time.ts';

/** A wake-up that was ordered and may be called off. Calling it off twice, or late, is harmless. */
export interface Wakeup {
  cancel(): void;
}

/** Time, from outside. */
export interface Clock {
  /** Now. Never earlier than the answer before. Cheap enough for every message. */
  now(): Millis;

  /** Calls `wake` once, at `at` or soon after, never before, and never from inside this call. */
  wakeAt(at: Millis, wake: () => void): Wakeup;
}
