import type { Loose } from './outcomes.ts';
import type { Severity } from './results.ts';
import type { Fixture } from './fixture.ts';
import type { SetupName } from './setups.ts';

/** A black-box test of one aspect of one rule. */
export interface Case {
  /** The rule, a dot, and a few words in kebab-case: `M14.told-once`. Stable across releases. */
  readonly id: string;
  /** The rule's id in `docs/protocols`. */
  readonly rule: string;
  /** The input: what the clients send. */
  readonly title: string;
  readonly severity: Severity;
  /** The required observation, in one sentence. */
  readonly expected: string;
  /** The known deviation of `peer` 1.0.2, if any. */
  readonly reference?: Reference;
  /**
   * The version or form of the protocol that the case asks about, for servers that may support one of several: `Mercure 1.0`.
   * Such cases are recommended, so a server of another version is loose.
   */
  readonly protocol?: string;
  /** The server configuration that the case requires; the default is `long timeouts`. */
  readonly setup?: SetupName;
  /**
   * - undefined: runs in parallel with other cases;
   * - later: also in parallel, after the cases that it could disturb;
   * - alone: runs alone. Afterwards a health check verifies that the server still serves other peers.
   */
  readonly pace?: 'later' | 'alone';
  /**
   * Returns a value only if the verdict is `loose`.
   * @throws Failed, Dangerous, NotTestable; any other error counts as Failed.
   */
  run(scene: Fixture): Promise<Loose | void>;
}

/** The known deviation of `peer` 1.0.2 and the evidence for it. */
export interface Reference {
  /** A verb phrase without a subject: `leaves the old socket open`. */
  readonly behaviour: string;
  /** Matches the reason that the case reports for `peer`. Any other reason means that the deviation has changed. */
  readonly evidence: RegExp;
}

/** A case whose rule has not been derived from its id. */
export type CaseDraft = Omit<Case, 'rule'>;

/** Adds the rule to each case: the part of its id before the dot. */
export function cases(drafts: readonly CaseDraft[]): readonly Case[] {
  return drafts.map((draft) => ({ ...draft, rule: draft.id.split('.')[0] ?? draft.id }));
}
