/* The result of a run, in the format of `--json`. All reports are generated from it. */

/**
 * - `ok`: conforms to the rule.
 * - `loose`: allowed, but not what the rule recommends.
 * - `failed`: violates the rule.
 * - `dangerous`: the server crashed, stopped serving other peers, or exposed the data of one peer to another.
 * - `not testable`: the case cannot run against this server or configuration.
 */
export type Verdict = 'ok' | 'loose' | 'failed' | 'dangerous' | 'not testable';

/** The weight of a rule: `required` for compatibility, `recommended` for good behaviour, `hardening` for availability. */
export type Severity = 'required' | 'recommended' | 'hardening';

/** One entry of the transcript. */
export interface TranscriptLine {
  /** Milliseconds since the case began. */
  readonly at: number;
  /** The connection: the name of a peer, `http`, or `suite` for notes of the suite. */
  readonly who: string;
  /** From the client's view: `sent`, `heard` (received), or `noted` for events other than bytes (opened, closed, waited). */
  readonly how: 'sent' | 'heard' | 'noted';
  /** The frame, request or response, truncated. Tokens are included as sent. */
  readonly what: string;
}

export interface CaseResult {
  /** Stable across releases, for example `M14.told-once`. */
  readonly id: string;
  /** The rule's id, for example `M14`. */
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  /** The required observation, in one sentence. */
  readonly expected: string;
  /** The known deviation of `peer` 1.0.2, if any. */
  readonly reference?: string;
  /** The version of the protocol that the case asks about, for servers that may support one of several: `Mercure 1.0`. */
  readonly protocol?: string;
  /** The reason, unless the verdict is `ok`. */
  readonly why?: string;
  /** Milliseconds. */
  readonly took: number;
  /** Empty if the verdict is `ok`. */
  readonly transcript: readonly TranscriptLine[];
}

/** The wrong cases of a run that have the same reason. */
export interface CauseResult {
  readonly cause: string;
  /** The worst verdict of its cases. */
  readonly verdict: Verdict;
  /** The ids of its cases, the worst first. */
  readonly cases: readonly string[];
}

export interface RunResult {
  readonly suite: 'signalbox conform';
  /** The version of this format. */
  readonly format: 1;
  /** The version of the suite. */
  readonly version: string;
  /** The name of the server in reports: its URL, its command, or the value of `--name`. */
  readonly server: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Milliseconds. */
  readonly took: number;
  readonly cases: readonly CaseResult[];
  /** The causes of wrong verdicts, the worst first. Only in the output of `--json`. */
  readonly causes?: readonly CauseResult[];
}
