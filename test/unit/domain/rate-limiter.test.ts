import { describe, expect, it } from 'vitest';
import {
  keepTokens,
  strike,
  takeTokens,
  timeUntilFull,
  tokensFor,
  type RateLimited,
  type RateLimits,
} from '../../../src/domain/rate-limiter.ts';
import { LIMITS } from './session-fixture.ts';

function fullAt(now: number, rateLimits: RateLimits = LIMITS): RateLimited {
  return { rateLimits, fullAt: now, takenSixteenths: 0, strikes: undefined };
}

describe('the rate limiter', () => {
  it('M19: allows the burst, then the refill rate', () => {
    const peer = fullAt(0);
    const overdrafts = Array.from({ length: 6 }, () => takeTokens(peer, 0));
    expect(overdrafts).toEqual([0, 0, 0, 0, 0, 100]);
    expect([takeTokens(peer, 200), takeTokens(peer, 200)]).toEqual([0, 100]);
  });

  it('M19: increases the overdraft with every message, and never fills beyond the burst', () => {
    const peer = fullAt(0);
    for (let i = 0; i < 5; i++) takeTokens(peer, 0);
    expect([takeTokens(peer, 0), takeTokens(peer, 0)]).toEqual([100, 200]);
    const overdrafts = Array.from({ length: 6 }, () => takeTokens(peer, 3_600_000));
    expect(overdrafts).toEqual([0, 0, 0, 0, 0, 100]);
  });

  it('M19: gains the tokens of a partly used bucket over time, whole numbers or not', () => {
    const peer = fullAt(0);
    for (let i = 0; i < 4; i++) takeTokens(peer, 0);
    expect(takeTokens(peer, 150, 2.5)).toBe(0);
    expect(takeTokens(peer, 150, 1 / 16)).toBe(7);
    expect(timeUntilFull(peer, 150)).toBeCloseTo(506.25);
    expect([takeTokens(peer, 656), timeUntilFull(peer, 656)]).toEqual([0, 100.25]);
    expect([takeTokens(peer, 757), timeUntilFull(peer, 757)]).toEqual([0, 100]);
  });

  it('W8: a frame costs one token for each request, and a sixteenth without one', () => {
    const cost = (bytes: number, requests: number): number => tokensFor(bytes, { messageBurst: 15 }, requests);
    expect([cost(10, 0), cost(10, 1), cost(10, 40)]).toEqual([1 / 16, 1, 40]);
    expect([cost(200_000, 0), cost(200_000, 3), cost(200_000, 30), cost(10_000_000, 20)]).toEqual([4, 4, 30, 20]);
  });

  it('M22: a message costs one token for each started 64 KiB, at most a full bucket', () => {
    const sizes = [0, 1, 65_536, 65_537, 131_072, 1_048_576];
    expect(sizes.map((bytes) => tokensFor(bytes, { messageBurst: 15 }))).toEqual([1, 1, 1, 2, 2, 15]);
    const peer = fullAt(0);
    expect([takeTokens(peer, 0, 5), takeTokens(peer, 0)]).toEqual([0, 100]);
  });

  it('M10: tolerates the configured number of strikes in a window', () => {
    const peer = fullAt(0);
    expect([0, 500, 999].map((now) => strike(peer, now))).toEqual([false, false, true]);
  });

  it('M10: resets the strikes with each window', () => {
    const peer = fullAt(0);
    expect([0, 500, 1_000, 1_999, 2_000].map((now) => strike(peer, now))).toEqual([false, false, false, false, false]);
  });

  it('A7: keeps the tokens and the overdraft under another refill rate', () => {
    const peer = { ...fullAt(0), rateLimits: LIMITS };
    const changeLimits = (limits: RateLimits): void => {
      const before = peer.rateLimits;
      Object.assign(peer, { rateLimits: limits });
      keepTokens(peer, before, 10_000);
    };
    for (let i = 0; i < 3; i++) takeTokens(peer, 10_000);
    changeLimits({ ...LIMITS, messagesPerSecond: 1 });
    expect(Array.from({ length: 3 }, () => takeTokens(peer, 10_000))).toEqual([0, 0, 1_000]);
    changeLimits(LIMITS);
    expect(takeTokens(peer, 10_000)).toBe(200);
  });
});
