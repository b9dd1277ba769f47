import { describe, expect, it } from 'vitest';
import { RuleViolation, ConnectFailure, assertRule } from '../../../../conformance/random/rule-violation.ts';

describe('a broken promise', () => {
  it('says by its rule what was seen', () => {
    expect(new RuleViolation('M1', 'it came twice')).toMatchObject({
      rule: 'M1',
      message: 'M1: it came twice',
      isDangerous: false,
    });
  });

  it('is thrown where a claim does not hold', () => {
    expect(() => assertRule(true, 'M1', 'it came')).not.toThrow();
    expect(() => assertRule(false, 'M1', 'it came to another', { isDangerous: true })).toThrow('M1: it came to another');
  });

  it('can be that there is no socket at all', () => {
    expect(new ConnectFailure('refused', { isDangerous: true })).toMatchObject({
      name: 'NoSocket',
      rule: 'O3',
      isDangerous: true,
    });
  });
});
