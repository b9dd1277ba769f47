import { describe, expect, it } from 'vitest';
import { RateLimiter } from '../../../src/domain/rate-limiter.ts';
import { LIMITS } from './session-fixture.ts';

describe('what a peer may send', () => {
  it('M19: a full bucket, then as much as flows in', () => {
    const allowance = new RateLimiter(LIMITS, 0);
    const debts = Array.from({ length: 6 }, () => allowance.takeToken(LIMITS, 0));
    expect(debts).toEqual([0, 0, 0, 0, 0, 100]);
    expect([allowance.takeToken(LIMITS, 200), allowance.takeToken(LIMITS, 200)]).toEqual([0, 100]);
  });

  it('M19: a debt grows with every message, and a bucket never holds more than its burst', () => {
    const allowance = new RateLimiter(LIMITS, 0);
    for (let i = 0; i < 5; i++) allowance.takeToken(LIMITS, 0);
    expect([allowance.takeToken(LIMITS, 0), allowance.takeToken(LIMITS, 0)]).toEqual([100, 200]);
    const debts = Array.from({ length: 6 }, () => allowance.takeToken(LIMITS, 3_600_000));
    expect(debts).toEqual([0, 0, 0, 0, 0, 100]);
  });

  it('M10: forgives so many malformed messages in a window', () => {
    const allowance = new RateLimiter(LIMITS, 0);
    expect([0, 500, 999].map((now) => allowance.strike(LIMITS, now))).toEqual([false, false, true]);
  });

  it('M10: forgets them with the window', () => {
    const allowance = new RateLimiter(LIMITS, 0);
    expect([0, 500, 1_000, 1_999, 2_000].map((now) => allowance.strike(LIMITS, now))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
