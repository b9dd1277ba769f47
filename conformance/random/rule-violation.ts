/** Something seen, or missed, that the rules rule out. */
export class RuleViolation extends Error {
  override readonly name: string = 'BrokenPromise';
  /** The id of the rule. */
  readonly rule: string;
  /** Whether a peer got what belongs to another, or the server is gone. */
  readonly isDangerous: boolean;

  /** @param claim a sentence that says what was seen. */
  constructor(rule: string, claim: string, { isDangerous = false } = {}) {
    super(`${rule}: ${claim}`);
    this.rule = rule;
    this.isDangerous = isDangerous;
  }
}

/** O3: no socket can be opened at all. */
export class ConnectFailure extends RuleViolation {
  override readonly name = 'NoSocket';

  /** @param how `isDangerous` where nobody answers. */
  constructor(claim: string, how: { readonly isDangerous: boolean }) {
    super('O3', claim, how);
  }
}

/** @throws BrokenPromise */
export function assertRule(holds: boolean, rule: string, claim: string, how?: { readonly isDangerous: boolean }): asserts holds {
  if (!holds) throw new RuleViolation(rule, claim, how);
}
