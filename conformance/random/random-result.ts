import type { CaseResult, TranscriptLine } from '../results.ts';
import type { Step } from './steps.ts';

/** A rule violation with the shortest known steps. */
export interface Finding {
  /** The rule's id. */
  readonly rule: string;
  /** The observation: rule id, colon, sentence. */
  readonly message: string;
  /** The server crashed, stopped serving other peers, or exposed the data of one peer to another. */
  readonly isDangerous: boolean;
  /** True if a replay violated the same rule; undefined without a replay. */
  readonly isRepeatable: boolean | undefined;
  readonly steps: readonly Step[];
  /** The steps as text. */
  readonly descriptions: readonly string[];
  /** The number of steps before the reduction. */
  readonly stepsBefore: number;
  /** The transcript of the last replay. */
  readonly transcript: readonly TranscriptLine[];
}

/** The result of random runs, or of a replay. */
export interface RandomResult {
  /** `unreachable`: no socket could be opened, so no step was played. */
  readonly outcome: 'passed' | 'violated' | 'unreachable';
  /** Undefined for a replay. */
  readonly seed: number | undefined;
  /** The number of step lists played before the reduction. */
  readonly runs: number;
  /** The total number of their steps. */
  readonly steps: number;
  readonly finding: Finding | undefined;
  /** The reason why the server is unreachable. */
  readonly unreachable: string | undefined;
  /** The text report. It was also written to `io.stdout`. */
  readonly report: string;
  /** The case results for the JSON report. */
  readonly cases: readonly CaseResult[];
}
