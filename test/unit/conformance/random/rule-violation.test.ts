import { describe, expect, it } from 'vitest';
import { RuleViolation, ConnectFailure, assertRule } from '../../../../conformance/random/rule-violation.ts';

describe('a rule violation', () => {
  it('has the rule and the observation', () => {
    expect(new RuleViolation('M1', 'it came twice')).toMatchObject({
      rule: 'M1',
      message: 'M1: it came twice',
      isDangerous: false,
    });
  });

  it('is thrown if the assertion is false', () => {
    expect(() => assertRule(true, 'M1', 'it came')).not.toThrow();
    expect(() => assertRule(false, 'M1', 'it came to another', { isDangerous: true })).toThrow('M1: it came to another');
  });

  it('can be a connection failure', () => {
    expect(new ConnectFailure('refused', { isDangerous: true })).toMatchObject({
      name: 'NoSocket',
      rule: 'O3',
      isDangerous: true,
    });
  });
});
