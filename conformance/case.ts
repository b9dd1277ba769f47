import type { Loose } from './outcomes.ts';
import type { Severity } from './results.ts';
import type { Fixture } from './fixture.ts';
import type { SetupName } from './setups.ts';

/** One side of one rule, asked of a running server from outside. */
export interface Case {
  /** The rule, a dot, and a word or two in kebab-case: `M14.told-once`. Stable over releases. */
  readonly id: string;
  /** The rule's id in `docs/protocols`. */
  readonly rule: string;
  /** What is done, in words. */
  readonly title: string;
  readonly severity: Severity;
  /** What must be seen, in one sentence. */
  readonly expected: string;
  /** Where `peer` 1.0.2 does something else. */
  readonly reference?: Reference;
  /** How the server must be set; `calm` where nothing is said. */
  readonly setup?: SetupName;
  /**
   * - together (where nothing is said): at the same time as others;
   * - later: the same, after those that it might disturb;
   * - alone: by itself, and then it is asked whether the server lives and hears others.
   */
  readonly pace?: 'later' | 'alone';
  /**
   * Returns where the rule is kept, if only loosely.
   * @throws Failed, Dangerous, NotTestable; any other error counts as Failed.
   */
  run(scene: Fixture): Promise<Loose | void>;
}

/** What `peer` 1.0.2 does, and how that shows. */
export interface Reference {
  /** In one sentence without a subject: `leaves the old socket open`. */
  readonly behaviour: string;
  /** What the case says there. Another reason is no proof of this difference. */
  readonly evidence: RegExp;
}

/** A case before its rule is read from its id. */
export type CaseDraft = Omit<Case, 'rule'>;

/** The cases of a file, each with its rule: what stands before the dot in its id. */
export function cases(drafts: readonly CaseDraft[]): readonly Case[] {
  return drafts.map((draft) => ({ ...draft, rule: draft.id.split('.')[0] ?? draft.id }));
}
