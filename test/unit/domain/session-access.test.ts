import { describe, expect, it } from 'vitest';
import { OPEN_GRANT } from '../../../src/domain/grant.ts';
import { lowerLimits, noticeTime } from '../../../src/domain/session-access.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { LIMITS } from './session-fixture.ts';

describe('the rights of a session', () => {
  it('M19: a grant lowers the rate limit of the realm, and never raises it', () => {
    const limited = (messagesPerSecond: number) => lowerLimits(LIMITS, { ...OPEN_GRANT, messagesPerSecond })?.messagesPerSecond;
    expect([limited(9), limited(10), limited(11), lowerLimits(LIMITS, OPEN_GRANT)]).toEqual([9, undefined, undefined, undefined]);
  });

  it('A7: the notice precedes the expiry by a minute, or by half of a shorter lifetime', () => {
    expect([noticeTime(1_000_000, 0), noticeTime(50_001, 1_000), noticeTime(NEVER, 0)]).toEqual([940_000, 25_501, NEVER]);
  });
});
