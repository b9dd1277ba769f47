import type { Millis } from '../../domain/time.ts';

/** A scheduled wake-up. Cancelling twice, or after the call, has no effect. */
export interface Wakeup {
  cancel(): void;
}

/** The source of time. Domain and application read no other clock. */
export interface Clock {
  /** The current time. Never earlier than a previous result. Cheap enough to be called for every message. */
  now(): Millis;

  /** Calls `wake` once, at `at` or soon after, never before `at`, and never from inside this call. */
  wakeAt(at: Millis, wake: () => void): Wakeup;
}
