import { beforeEach, describe, expect, it } from 'vitest';
import { RateLimiters } from '../../../src/domain/rate-limiters.ts';
import { Token } from '../../../src/domain/token.ts';
import { LIMITS, session } from './session-fixture.ts';

let allowances: RateLimiters;
beforeEach(() => {
  allowances = new RateLimiters(LIMITS);
});

/** A session that has spent all of its allowance at the moment 0. */
function spent(id: string, token = 't') {
  const one = session(id, undefined, 0, { token: new Token(token) });
  for (let n = 0; n < LIMITS.messageBurst; n++) one.rateLimiter.takeToken(LIMITS, 0);
  return one;
}

describe('allowances', () => {
  it('M10, M19: a peer that is back goes on with what it had left', () => {
    const [before, after] = [spent('ann'), session('ann')];
    allowances.save(before);
    allowances.restore(after);
    expect([after.rateLimiter === before.rateLimiter, allowances.size]).toEqual([true, 0]);
    expect(after.rateLimiter.takeToken(LIMITS, 0)).toBeGreaterThan(0);
  });

  it('M19: another owner of the id does not pay for it', () => {
    const after = session('ann', undefined, 0, { token: new Token('another') });
    const own = after.rateLimiter;
    allowances.save(spent('ann'));
    allowances.restore(after);
    expect([after.rateLimiter === own, allowances.size]).toEqual([true, 1]);
  });

  it('M10, M19: nothing is remembered of a full one, and it is forgotten when it is full again', () => {
    allowances.save(session('bob'));
    expect(allowances.size).toBe(0);
    const [ann, cem] = [spent('ann'), session('cem')];
    cem.rateLimiter.strike(LIMITS, 100);
    for (const one of [ann, cem]) allowances.save(one);
    allowances.sweep(499);
    expect(allowances.size).toBe(2);
    allowances.sweep(500);
    expect(allowances.size).toBe(1);
    allowances.sweep(100 + LIMITS.malformedWindow);
    expect(allowances.size).toBe(0);
  });

  it('promise 5: the longest remembered is forgotten where there are too many', () => {
    for (let n = 0; n < 16_384; n++) allowances.save(spent(`p${n}`));
    allowances.save(spent('last'));
    const [first, last] = [session('p0'), session('last')];
    const own = first.rateLimiter;
    for (const one of [first, last]) allowances.restore(one);
    expect([first.rateLimiter === own, allowances.size]).toEqual([true, 16_383]);
  });
});
