import type { Millis, TimeOfDay } from '../../domain/time.ts';

/** The moments of a process, and the time of day, as a test sets them. */
export class ManualTime implements TimeOfDay {
  moment: Millis = 5_000;
  #unixTime = 1_800_000_000_000;

  now(): Millis {
    return this.moment;
  }

  unixTime(): number {
    return this.#unixTime;
  }

  advance(span: Millis): void {
    this.moment += span;
    this.#unixTime += span;
  }

  /** The time of day was wrong. */
  setBack(span: Millis): void {
    this.#unixTime -= span;
  }

  /** Another process starts, whose moments count from its own start. */
  beginAnew(): void {
    this.moment = 70;
  }
}
