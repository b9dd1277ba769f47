import type { Counter, Histogram, Telemetry } from '../../application/ports/telemetry.ts';

const COUNTER: Counter = { add: () => undefined };
const HISTOGRAM: Histogram = { observe: () => undefined };

/** Counts nothing. */
export class NoTelemetry implements Telemetry {
  counter(): Counter {
    return COUNTER;
  }

  histogram(): Histogram {
    return HISTOGRAM;
  }

  gauge(): void {
    // No reader, so no gauge is ever read.
  }

  seconds(): number {
    return 0;
  }
}
