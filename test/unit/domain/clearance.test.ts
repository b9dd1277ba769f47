import { describe, expect, it } from 'vitest';
import { hasClearance } from '../../../src/domain/clearance.ts';
import type { TopicPattern } from '../../../src/domain/topic.ts';

const PATTERN: TopicPattern = { key: 'g', pattern: 'g*', matchCost: 1, matches: (topic) => topic.startsWith('g') };
const topics = (...names: readonly string[]): { readonly topic: string }[] => names.map((topic) => ({ topic }));

describe('the clearance of a client', () => {
  it('MER7: covers all topics, or those that its selectors match', () => {
    expect([hasClearance({ clearance: 'all' }, topics('a')), hasClearance({}, topics('a'))]).toEqual([true, false]);
    const clearance = [{ topic: 'house' }, PATTERN];
    const covered = [topics('house'), topics('garden', 'house'), topics('garden', 'shed'), [PATTERN], []];
    expect(covered.map((one) => hasClearance({ clearance }, one))).toEqual([true, true, false, false, true]);
  });

  it('M23: covers nothing that takes too many steps to match', () => {
    const slow: TopicPattern = {
      ...PATTERN,
      matches: (_, meter) => {
        meter.steps += 4_000_000;
        return false;
      },
    };
    expect(hasClearance({ clearance: [slow, { topic: 'a' }] }, topics('a'))).toBe(false);
  });
});
