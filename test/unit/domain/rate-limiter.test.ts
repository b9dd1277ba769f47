import { describe, expect, it } from 'vitest';
import { RateLimiter, tokensFor } from '../../../src/domain/rate-limiter.ts';
import { LIMITS } from './session-fixture.ts';

describe('RateLimiter', () => {
  it('M19: allows the burst, then the refill rate', () => {
    const limiter = new RateLimiter(LIMITS, 0);
    const overdrafts = Array.from({ length: 6 }, () => limiter.takeTokens(LIMITS, 0));
    expect(overdrafts).toEqual([0, 0, 0, 0, 0, 100]);
    expect([limiter.takeTokens(LIMITS, 200), limiter.takeTokens(LIMITS, 200)]).toEqual([0, 100]);
  });

  it('M19: increases the overdraft with every message, and never fills beyond the burst', () => {
    const limiter = new RateLimiter(LIMITS, 0);
    for (let i = 0; i < 5; i++) limiter.takeTokens(LIMITS, 0);
    expect([limiter.takeTokens(LIMITS, 0), limiter.takeTokens(LIMITS, 0)]).toEqual([100, 200]);
    const overdrafts = Array.from({ length: 6 }, () => limiter.takeTokens(LIMITS, 3_600_000));
    expect(overdrafts).toEqual([0, 0, 0, 0, 0, 100]);
  });

  it('W8: a frame costs one token for each request, and a sixteenth without one', () => {
    const cost = (bytes: number, requests: number): number => tokensFor(bytes, { messageBurst: 15 }, requests);
    expect([cost(10, 0), cost(10, 1), cost(10, 40)]).toEqual([1 / 16, 1, 40]);
    expect([cost(200_000, 0), cost(200_000, 3), cost(200_000, 30), cost(10_000_000, 20)]).toEqual([4, 4, 30, 20]);
  });

  it('M22: a message costs one token for each started 64 KiB, at most a full bucket', () => {
    const sizes = [0, 1, 65_536, 65_537, 131_072, 1_048_576];
    expect(sizes.map((bytes) => tokensFor(bytes, { messageBurst: 15 }))).toEqual([1, 1, 1, 2, 2, 15]);
    const limiter = new RateLimiter(LIMITS, 0);
    expect([limiter.takeTokens(LIMITS, 0, 5), limiter.takeTokens(LIMITS, 0)]).toEqual([0, 100]);
  });

  it('M10: tolerates the configured number of strikes in a window', () => {
    const limiter = new RateLimiter(LIMITS, 0);
    expect([0, 500, 999].map((now) => limiter.strike(LIMITS, now))).toEqual([false, false, true]);
  });

  it('M10: resets the strikes with each window', () => {
    const limiter = new RateLimiter(LIMITS, 0);
    expect([0, 500, 1_000, 1_999, 2_000].map((now) => limiter.strike(LIMITS, now))).toEqual([false, false, false, false, false]);
  });

  it('A7: keeps the tokens and the overdraft under another refill rate', () => {
    const slow = { ...LIMITS, messagesPerSecond: 1 };
    const limiter = new RateLimiter(LIMITS, 0);
    for (let i = 0; i < 3; i++) limiter.takeTokens(LIMITS, 10_000);
    limiter.changeLimits(LIMITS, slow, 10_000);
    expect(Array.from({ length: 3 }, () => limiter.takeTokens(slow, 10_000))).toEqual([0, 0, 1_000]);
    limiter.changeLimits(slow, LIMITS, 10_000);
    expect(limiter.takeTokens(LIMITS, 10_000)).toBe(200);
  });
});
