/** An observation, or a missing one, that violates a rule. */
export class RuleViolation extends Error {
  override readonly name: string = 'BrokenPromise';
  /** The id of the rule. */
  readonly rule: string;
  /** True if the server exposed the data of one peer to another, or has crashed. */
  readonly isDangerous: boolean;

  /** @param claim a sentence that states the observation. */
  constructor(rule: string, claim: string, { isDangerous = false } = {}) {
    super(`${rule}: ${claim}`);
    this.rule = rule;
    this.isDangerous = isDangerous;
  }
}

/** O3: no socket can be opened. */
export class ConnectFailure extends RuleViolation {
  override readonly name = 'NoSocket';

  /** @param how `isDangerous` if the server does not respond at all. */
  constructor(claim: string, how: { readonly isDangerous: boolean }) {
    super('O3', claim, how);
  }
}

/** @throws RuleViolation */
export function assertRule(holds: boolean, rule: string, claim: string, how?: { readonly isDangerous: boolean }): asserts holds {
  if (!holds) throw new RuleViolation(rule, claim, how);
}
