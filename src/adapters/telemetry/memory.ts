import type { Counter, Telemetry } from '../../application/ports/telemetry.ts';

/** Counts in memory. */
export class MemoryTelemetry implements Telemetry {
  readonly #counts = new Map<Counter, number>();

  count(what: Counter): void {
    this.#counts.set(what, this.get(what) + 1);
  }

  get(what: Counter): number {
    return this.#counts.get(what) ?? 0;
  }

  /** All counts that are not zero. */
  all(): Partial<Record<Counter, number>> {
    return Object.fromEntries(this.#counts);
  }
}
