import { beforeEach, describe, expect, it } from 'vitest';
import { strike, takeTokens } from '../../../src/domain/rate-limiter.ts';
import { RateLimiters } from '../../../src/domain/rate-limiters.ts';
import { Token } from '../../../src/domain/token.ts';
import { LIMITS, session } from './session-fixture.ts';

let limiters: RateLimiters;
beforeEach(() => {
  limiters = new RateLimiters();
});

/** A session with an empty token bucket at the moment 0. */
function exhausted(id: string, token = 't') {
  const one = session(id, undefined, 0, { token: new Token(token) });
  for (let n = 0; n < LIMITS.messageBurst; n++) takeTokens(one, 0);
  return one;
}

describe('RateLimiters', () => {
  it('M10, M19: restores the limiter of a peer that reconnects', () => {
    const [before, after] = [exhausted('ann'), session('ann')];
    limiters.save(before);
    limiters.restore(after);
    expect([after.takenSixteenths === before.takenSixteenths, limiters.size]).toEqual([true, 0]);
    expect(takeTokens(after, 0)).toBeGreaterThan(0);
  });

  it('M19: does not restore the limiter for another owner of the id', () => {
    const after = session('ann', undefined, 0, { token: new Token('another') });
    const own = after.takenSixteenths;
    limiters.save(exhausted('ann'));
    limiters.restore(after);
    expect([after.takenSixteenths === own, limiters.size]).toEqual([true, 1]);
  });

  it('M10, M19: saves only limiters that are not full, and drops them when they are full again', () => {
    limiters.save(session('bob'));
    expect(limiters.size).toBe(0);
    const [ann, cem] = [exhausted('ann'), session('cem')];
    strike(cem, 100);
    for (const one of [ann, cem]) limiters.save(one);
    limiters.sweep(499);
    expect(limiters.size).toBe(2);
    limiters.sweep(500);
    expect(limiters.size).toBe(1);
    limiters.sweep(100 + LIMITS.malformedWindow);
    expect(limiters.size).toBe(0);
  });

  it('promise 5: drops the oldest limiter beyond the maximum', () => {
    for (let n = 0; n < 16_384; n++) limiters.save(exhausted(`p${n}`));
    limiters.save(exhausted('last'));
    const [first, last] = [session('p0'), session('last')];
    const own = first.takenSixteenths;
    for (const one of [first, last]) limiters.restore(one);
    expect([first.takenSixteenths === own, limiters.size]).toEqual([true, 16_383]);
  });
});
