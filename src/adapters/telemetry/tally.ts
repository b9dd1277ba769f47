import type { Counter, Telemetry } from '../../application/ports/telemetry.ts';

/** Counts in memory. */
export class Tally implements Telemetry {
  readonly #counts = new Map<Counter, number>();

  count(what: Counter): void {
    this.#counts.set(what, this.of(what) + 1);
  }

  of(what: Counter): number {
    return this.#counts.get(what) ?? 0;
  }

  /** All counts that are not zero. */
  all(): Partial<Record<Counter, number>> {
    return Object.fromEntries(this.#counts);
  }
}
