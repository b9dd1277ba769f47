import { describe, expect, it } from 'vitest';
import { anyMatches, SubscriberSearch, UNBOUNDED, type Budget } from '../../../src/domain/subscriber-search.ts';
import type { Publication, TopicPattern } from '../../../src/domain/topic.ts';
import { guest, prefixPattern, topic, topicName } from './topic-fixture.ts';

const publication = (topics: readonly string[], isPrivate = false): Publication => {
  const common = { id: 'a', payload: new Uint8Array(), type: undefined, retry: undefined, from: undefined };
  return { ...common, topics: topics.map(topicName), isPrivate };
};
const patterns = (...all: TopicPattern[]) => new Map(all.map((pattern) => [pattern.key, pattern]));
const budget = (maxSteps = UNBOUNDED): Budget => ({ steps: 0, maxSteps });

describe('T10: SubscriberSearch', () => {
  it('finds the same receivers in any number of slices', () => {
    const [ann, bob, eve] = ['ann', 'bob', 'eve'].map((id) => guest(id)) as [
      ReturnType<typeof guest>,
      ReturnType<typeof guest>,
      ReturnType<typeof guest>,
    ];
    const topics = ['x1', 'x2', 'x3', 'garden'];
    const search = () =>
      new SubscriberSearch(
        publication(topics),
        [ann],
        [
          [bob, patterns(prefixPattern('y'), prefixPattern('gar'))],
          [eve, patterns(prefixPattern('z'))],
        ],
      );
    const atOnce = search();
    expect([0, 1, 2].map((place) => atOnce.matches(place, budget()))).toEqual([true, true, false]);
    const sliced = search();
    const found: boolean[] = [];
    let slices = 0;
    while (found.length < 3 && slices < 100) {
      const slice = budget(4);
      for (
        let isMatch = sliced.matches(found.length, slice);
        isMatch !== undefined && found.length < 3;
        isMatch = sliced.matches(found.length, slice)
      ) {
        found.push(isMatch);
      }
      slices += 1;
      expect(slice.steps).toBeLessThanOrEqual(4 + 'garden'.length + 2 + 100);
    }
    expect([found, slices > 3]).toEqual([[true, true, false], true]);
  });

  it('T14: knows that no candidate matches once all were tried', () => {
    const search = (topic: string): SubscriberSearch =>
      new SubscriberSearch(
        publication([topic]),
        [],
        [
          [guest('ann'), patterns(prefixPattern('x'))],
          [guest('bob'), patterns(prefixPattern('y'))],
        ],
      );
    const other = search('garden');
    expect([other.hasNoMatch, other.matches(0, budget()), other.hasNoMatch]).toEqual([false, false, false]);
    expect([other.matches(1, budget(0)), other.hasNoMatch]).toEqual([undefined, false]);
    expect([other.matches(1, budget()), other.hasNoMatch]).toEqual([false, true]);
    const found = search('xyz');
    expect([found.matches(0, budget()), found.matches(1, budget()), found.hasNoMatch]).toEqual([true, false, false]);
  });

  it('matches a shared pattern once, and counts it as it costs', () => {
    const all = Array.from({ length: 100 }, () => [guest('ann'), patterns(prefixPattern('no'))] as const);
    const search = new SubscriberSearch(publication(['garden']), [], all);
    const spent = budget();
    expect(all.map((_, place) => search.matches(place, spent)).includes(true)).toBe(false);
    expect(spent.steps).toBe(100 + 'garden'.length + 1 + 100);
  });

  it('MER7: requires clearance for a private publication', () => {
    const cleared = (clearance?: 'all' | ReturnType<typeof topic>[]) => guest('ann', undefined, { clearance });
    const subscribers = [cleared(), cleared([]), cleared('all'), cleared([topic('garden')]), cleared([prefixPattern('gar')])];
    const search = new SubscriberSearch(publication(['garden'], true), subscribers, []);
    expect(subscribers.map((_, place) => search.matches(place, budget()))).toEqual([false, false, true, true, true]);
  });
});

it('T5: stops when the budget is exhausted', () => {
  expect([anyMatches(['a', 'b'], [topic('c')], budget(1)), anyMatches(['a', 'b'], [topic('b')], budget(2))]).toEqual([
    undefined,
    true,
  ]);
});
