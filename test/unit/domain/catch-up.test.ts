import { describe, expect, it } from 'vitest';
import { CatchUp } from '../../../src/domain/catch-up.ts';
import { EARLIEST, History } from '../../../src/domain/history.ts';
import type { Publication } from '../../../src/domain/topic.ts';
import { topic, topicName } from './topic-fixture.ts';

function publication(id: string, name = 'a'): Publication {
  const common = { isOwnId: true, type: undefined, retry: undefined, from: undefined, isPrivate: false };
  return { id, topics: [topicName(name)], payload: new TextEncoder().encode('text'), ...common };
}

describe('MER5: the publications until a subscriber joins', () => {
  const requested = { selectors: [topic('a')], presence: false, since: EARLIEST };
  const idsOf = (missed: CatchUp): string[] => {
    const ids: string[] = [];
    for (let next = missed.next(); next !== undefined; next = missed.next()) ids.push(next.id);
    return ids;
  };

  it('are those that it has missed, then later ones, also if the history no longer keeps them', () => {
    const history = new History({ historyMessages: 2, historyBytes: 1e6 });
    for (const id of ['1', '2', '3']) history.add(publication(id));
    const missed = new CatchUp(history, requested, 1e6);
    const before = missed.bytes;
    for (const id of ['4', '5', '6']) history.add(publication(id));
    history.add(publication('7', 'b'));
    expect([missed.bytes / before, idsOf(missed), missed.bytes]).toEqual([2.5, ['2', '3', '4', '5', '6'], 0]);
    history.add(publication('8'));
    expect(idsOf(missed)).toEqual(['8']);
  });

  it('end with `end`', () => {
    const history = new History({ historyMessages: 2, historyBytes: 1e6 });
    const missed = new CatchUp(history, requested, 1e6);
    missed.end();
    history.add(publication('1'));
    expect(idsOf(missed)).toEqual([]);
  });
});
