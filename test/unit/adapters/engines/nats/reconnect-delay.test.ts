import { describe, expect, it } from 'vitest';
import { reconnectDelay } from '../../../../../src/adapters/engines/nats/reconnect-delay.ts';

const USUAL = 250;
const HOUR = 3_600_000;

/** Counts the rounds until an attempt is due, as the loop of the client library does. */
function roundsUntilDue(delay: () => number, clock: { now: number }, lastAttempt: number): number {
  for (let round = 1; round <= 1_000; round++) {
    const wait = delay();
    if (lastAttempt + wait <= clock.now) return round;
    clock.now += Math.min(wait, lastAttempt + wait - clock.now);
  }
  return Infinity;
}

describe('reconnectDelay', () => {
  it('is the usual delay, with a jitter of up to 100 ms', () => {
    const delay = reconnectDelay(USUAL, () => HOUR);
    for (let attempt = 0; attempt < 100; attempt++) {
      const ms = delay();
      expect(ms).toBeGreaterThanOrEqual(USUAL);
      expect(ms).toBeLessThan(USUAL + 100);
    }
  });

  it('does not wait for a clock that was set back', () => {
    const clock = { now: 10 * HOUR };
    const delay = reconnectDelay(USUAL, () => clock.now);
    delay();
    const attempt = clock.now + 5;
    clock.now -= 2 * HOUR;
    expect(roundsUntilDue(delay, clock, attempt)).toBe(1);
    expect(roundsUntilDue(delay, clock, clock.now)).toBeLessThan(Infinity);
  });

  it('waits as usual after a clock that was set forward', () => {
    const clock = { now: HOUR };
    const delay = reconnectDelay(USUAL, () => clock.now);
    delay();
    clock.now += 2 * HOUR;
    expect(delay()).toBeGreaterThanOrEqual(USUAL);
  });
});
