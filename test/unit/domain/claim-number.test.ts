import { describe, expect, it } from 'vitest';
import { isEarlierClaim } from '../../../src/domain/claim-number.ts';

describe('claim numbers', () => {
  it('O5: order the claims of an era by their count', () => {
    expect(isEarlierClaim({ era: 'first', count: 1 }, { era: 'first', count: 2 })).toBe(true);
    expect(isEarlierClaim({ era: 'first', count: 2 }, { era: 'first', count: 2 })).toBe(false);
    expect(isEarlierClaim({ era: 'first', count: 3 }, { era: 'first', count: 2 })).toBe(false);
  });

  it('O5: have no order between eras, or without a number', () => {
    const number = { era: 'first', count: 1 };
    expect(isEarlierClaim(number, { era: 'second', count: 2 })).toBe(false);
    expect(isEarlierClaim(undefined, number)).toBe(false);
    expect(isEarlierClaim(number, undefined)).toBe(false);
  });
});
