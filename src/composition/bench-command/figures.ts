/** One measured value. */
export interface Figure {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly value: number;
  /** Whether a smaller value is better. */
  readonly isCost: boolean;
}

/** A message that was lost, repeated, reordered or changed, or a peer that was refused or cut. */
export interface BenchFault {
  readonly kind: string;
  readonly count: number;
  readonly examples: readonly string[];
}

export interface MeasureOutcome {
  readonly figures: readonly Figure[];
  readonly faults: readonly BenchFault[];
}
