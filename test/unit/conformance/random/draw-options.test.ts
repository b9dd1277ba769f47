import { describe, expect, it } from 'vitest';
import type { DrawOptions } from '../../../../conformance/random/draw-steps.ts';
import { EXPECTATIONS } from '../../../../conformance/random/expectations.ts';
import type { Limits } from '../../../../conformance/random/limits.ts';
import { drawOptionsFor } from '../../../../conformance/random/draw-options.ts';
import { profileOf } from '../../../../conformance/profile.ts';

const SERVER = profileOf({ host: '127.0.0.1', port: 1, secure: false, trustsAnyCertificate: false }, {}, 1_000);

function scope(limits: Partial<Limits>, name: 'signalbox' | 'peer' = 'signalbox'): DrawOptions {
  const { [name]: usual } = EXPECTATIONS;
  const expected = { ...usual, limits: { ...usual.limits, ...limits } };
  return drawOptionsFor({ server: SERVER, keys: ['here', 'there'], expected, longestWait: 3_000, atOnce: 1 }, 50);
}

describe('the distribution of random steps', () => {
  it('uses every realm, and the given maximum number of steps', () => {
    expect(scope({})).toMatchObject({ realms: 2, minSteps: 10, maxSteps: 50 });
  });

  it('O7: includes invalid ids only if the server must refuse them', () => {
    expect(scope({}).hasUnusableId).toBe(true);
    expect(scope({}, 'peer').hasUnusableId).toBe(false);
  });

  it('M10, M13, M19: exceeds limits within reach', () => {
    expect(scope({ messageBurst: 100, mailboxMessages: 5 }).floodSizes).toEqual(expect.arrayContaining([110, 15]));
    expect(scope({ malformedPerWindow: 3 }).malformedCounts).toContain(9);
  });

  it('ignores limits that are too high or unlimited', () => {
    expect(scope({}, 'peer')).toMatchObject({ floodSizes: [20, 60, 250], malformedCounts: [1] });
  });

  it('O6: has more connect steps with a low concurrent limit', () => {
    expect(scope({ concurrentLimit: 4 }).connectWeight).toBeGreaterThan(scope({}).connectWeight);
  });

  it('M14, L1: awaits short timeouts', () => {
    expect(scope({}).waitRanges).toEqual([[1, 30]]);
    expect(scope({ expireTimeout: 1_000, sweepInterval: 100 }).waitRanges).toEqual([
      [1, 30],
      [300, 600],
      [1_000, 1_100],
    ]);
    expect(scope({ aliveTimeout: 2_000, sweepInterval: 100 }).waitRanges).toEqual([
      [1, 30],
      [2_000, 2_100],
    ]);
  });
});
