import type { CaseResult, TranscriptLine } from '../results.ts';
import type { Step } from './steps.ts';

/** A promise that the server broke, and the shortest way there that was found. */
export interface Finding {
  /** The rule's id. */
  readonly rule: string;
  /** What was seen, or missed: the rule's id, a colon, a sentence. */
  readonly message: string;
  /** The server died, went deaf to others, or gave one peer what belongs to another. */
  readonly isDangerous: boolean;
  /** Whether the same promise was broken when the same steps were played once more; undefined where they could not be. */
  readonly isRepeatable: boolean | undefined;
  readonly steps: readonly Step[];
  /** The steps in plain words. */
  readonly descriptions: readonly string[];
  /** How many steps the run had before it was made shorter. */
  readonly stepsBefore: number;
  /** Of the last time that these steps were played. */
  readonly transcript: readonly TranscriptLine[];
}

/** What came of random runs, or of a replay. */
export interface RandomResult {
  /** `unreachable`: no socket could be opened, so nothing was played. */
  readonly outcome: 'kept' | 'broken' | 'unreachable';
  /** Undefined for a replay. */
  readonly seed: number | undefined;
  /** How many lists of steps were played before the shrinking. */
  readonly runs: number;
  /** How many steps these had. */
  readonly steps: number;
  readonly finding: Finding | undefined;
  /** Why the server could not be reached. */
  readonly unreachable: string | undefined;
  /** For people, several lines. It was written to `io.stdout` too. */
  readonly report: string;
  /** What belongs into the JSON of a run of the suite. */
  readonly cases: readonly CaseResult[];
}
