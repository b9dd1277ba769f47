import { describe, expect, it } from 'vitest';
import { EARLIEST, History } from '../../../src/domain/history.ts';
import { missedPublications } from '../../../src/domain/missed-publications.ts';
import type { Publication, RequestedTopics } from '../../../src/domain/topic.ts';
import { prefixPattern, topic, topicName } from './topic-fixture.ts';

function publication(id: string, name: string, isPrivate = false, text = ''): Publication {
  const common = { isOwnId: true, type: undefined, retry: undefined, from: undefined, isPrivate };
  return { id, topics: [topicName(name)], payload: new TextEncoder().encode(text), ...common };
}

function historyOf(...publications: readonly Publication[]): History {
  const history = new History({ historyMessages: 100, historyBytes: 1e6 });
  for (const one of publications) history.add(one);
  return history;
}

const missed = (history: History, requested: Omit<RequestedTopics, 'presence'>, maxBytes = 1e6): string[] | undefined =>
  missedPublications(history, requested, maxBytes)?.publications.map(({ id }) => id);

describe('MER5: the missed publications of a subscriber', () => {
  const history = historyOf(publication('1', 'a'), publication('2', 'b'), publication('3', 'a'), publication('4', 'ab', true));

  it('are those of its selectors behind the id', () => {
    expect(missed(history, { selectors: [topic('a')], since: EARLIEST })).toEqual(['1', '3']);
    expect(missed(history, { selectors: [prefixPattern('a')], since: '1' })).toEqual(['3']);
    expect(missed(history, { selectors: [topic('a')] })).toBeUndefined();
  });

  it('M23: have a size and a number of steps', () => {
    const found = missedPublications(history, { selectors: [topic('a')], since: EARLIEST }, 1e6);
    expect(found).toMatchObject({ bytes: 2 * (64 + 3 + 8) });
    expect(found?.steps).toBeGreaterThan(0);
    const large = historyOf(publication('1', 'a', false, 'x'.repeat(4_000)));
    const stepsOf = (): number => missedPublications(large, { selectors: [topic('a')], since: EARLIEST }, 1e6)?.steps ?? 0;
    expect(stepsOf() - stepsOf()).toBe(1_000);
  });

  it('MER7: are private only with clearance', () => {
    const selectors = [prefixPattern('a')];
    expect(missed(history, { selectors, since: '3', clearance: 'all' })).toEqual(['4']);
    expect(missed(history, { selectors, since: '3', clearance: [topic('ab')] })).toEqual(['4']);
    expect(missed(history, { selectors, since: '3', clearance: [topic('b')] })).toEqual([]);
  });

  it('are the newest ones if not all of them fit, counted with a prefix for each line', () => {
    const lines = historyOf(publication('1', 'a'), publication('2', 'a', false, '\n'.repeat(10)), publication('3', 'a'));
    const sizes = [74, 64 + 3 + 3 + 10 + 88, 64 + 3 + 8] as const;
    expect(missed(lines, { selectors: [topic('a')], since: EARLIEST }, sizes[1] + sizes[2])).toEqual(['2', '3']);
    expect(missed(lines, { selectors: [topic('a')], since: EARLIEST }, sizes[1] + sizes[2] - 4)).toEqual(['3']);
  });
});
