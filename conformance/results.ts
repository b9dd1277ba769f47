/* What a run of the conformance suite found, as its JSON states it. Reports are made of this and nothing else. */

/**
 * - `ok`: as the rule says.
 * - `loose`: allowed, but not what the rule recommends.
 * - `failed`: not as the rule says.
 * - `dangerous`: the server died, went deaf to others, or gave one peer what belongs to another.
 * - `not testable`: this server, or this way of reaching it, does not let the case be run.
 */
export type Verdict = 'ok' | 'loose' | 'failed' | 'dangerous' | 'not testable';

/** How much a rule matters: `required` to be compatible, `recommended` to be good, `hardening` to stay up. */
export type Severity = 'required' | 'recommended' | 'hardening';

/** One thing that happened on a wire, as the suite saw it. */
export interface TranscriptLine {
  /** Milliseconds since the case began. */
  readonly at: number;
  /** Whose wire: the name of a peer of the case, or `http`, or `suite` for what the suite itself notes. */
  readonly who: string;
  /** Seen from the suite: `sent`, `heard`, or `noted` for what is no byte on a wire (opened, cut, waited). */
  readonly how: 'sent' | 'heard' | 'noted';
  /** The frame, the request line, the answer; cut at a few hundred characters, secrets included as sent. */
  readonly what: string;
}

export interface CaseResult {
  /** Stable over releases, for example `M14.told-once`. */
  readonly id: string;
  /** The rule's id, for example `M14`. */
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  /** What was expected, in one sentence. */
  readonly expected: string;
  /** What the reference server does, where it does something else. */
  readonly reference?: string;
  /** Why the verdict is not `ok`. */
  readonly why?: string;
  /** Milliseconds. */
  readonly took: number;
  /** Empty where the verdict is `ok`. */
  readonly transcript: readonly TranscriptLine[];
}

export interface RunResult {
  readonly suite: 'signalbox conform';
  /** Of this file's shape. */
  readonly format: 1;
  /** Of the suite. */
  readonly version: string;
  /** How the server is called in reports: its URL, its command, or what `--name` says. */
  readonly server: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Milliseconds. */
  readonly took: number;
  readonly cases: readonly CaseResult[];
}
