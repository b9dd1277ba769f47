import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EARLIEST, History } from '../../../src/domain/history.ts';
import type { Publication } from '../../../src/domain/topic.ts';
import { named } from './topics.ts';

const LIMITS = { historyMessages: 3, historyBytes: 10_000 };

function publication(id: string, text = ''): Publication {
  const payload = new TextEncoder().encode(text);
  return { id, topics: [named('garden')], payload, type: undefined, retry: undefined, isPrivate: false, from: undefined };
}

const missed = (history: History, since: string): [string, string[]] => {
  const { startsAfter, publications } = history.since(since);
  return [startsAfter, publications.map(({ id }) => id)];
};

describe('the history', () => {
  it('T6, MER5: tells what came after a publication, in order', () => {
    const history = new History(LIMITS);
    expect(missed(history, 'x')).toEqual([EARLIEST, []]);
    for (const id of ['a', 'b', 'c']) history.keep(publication(id));
    expect([missed(history, 'a'), missed(history, 'c'), missed(history, EARLIEST)]).toEqual([
      ['a', ['b', 'c']],
      ['c', []],
      [EARLIEST, ['a', 'b', 'c']],
    ]);
  });

  it('MER5: of what it does not know, it tells all that it has, and after what that begins', () => {
    const history = new History(LIMITS);
    for (const id of ['a', 'b', 'c', 'd', 'e']) history.keep(publication(id));
    expect([missed(history, 'a'), missed(history, 'b'), missed(history, EARLIEST)]).toEqual([
      ['b', ['c', 'd', 'e']],
      ['b', ['c', 'd', 'e']],
      ['b', ['c', 'd', 'e']],
    ]);
  });

  it('MER5: of an id that was used again, the last counts', () => {
    const history = new History(LIMITS);
    for (const id of ['a', 'b', 'a', 'c']) history.keep(publication(id));
    expect([missed(history, 'a'), history.size]).toEqual([['a', ['c']], 3]);
  });

  it('T6: keeps copies', () => {
    const history = new History(LIMITS);
    const lent = publication('a', 'mine');
    history.keep(lent);
    lent.payload.fill(33);
    expect(Buffer.from(history.since(EARLIEST).publications[0]?.payload ?? []).toString()).toBe('mine');
  });

  it('T6: what is bigger than all of it is not kept, and is not told as if nothing had been', () => {
    const history = new History({ historyMessages: 3, historyBytes: 1_000 });
    history.keep(publication('a'));
    history.keep(publication('b', 'x'.repeat(2_000)));
    expect([history.size, history.bytes, missed(history, 'a')]).toEqual([0, 0, ['b', []]]);
  });

  it('T6: of no messages is none', () => {
    const history = new History({ historyMessages: 0, historyBytes: 1_000 });
    history.keep(publication('a'));
    expect([history.size, missed(history, 'a')]).toEqual([0, ['a', []]]);
  });

  it('T6, MER5, promise 5: is the end of all that was published, within its bounds, whatever is published', () => {
    const step = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), text: fc.string({ maxLength: 300 }) });
    const bounds = fc.record({ historyMessages: fc.nat(5), historyBytes: fc.nat(2_000) });
    fc.assert(
      fc.property(bounds, fc.array(step, { maxLength: 30 }), (limits, steps) => {
        const history = new History(limits);
        for (const { id, text } of steps) history.keep(publication(id, text));
        const all = steps.map(({ id }) => id);
        const kept = history.size === 0 ? [] : all.slice(-history.size);
        expect(history.size).toBeLessThanOrEqual(limits.historyMessages);
        expect(history.bytes).toBeLessThanOrEqual(limits.historyBytes);
        expect(missed(history, 'never published')[1]).toEqual(kept);
        for (const id of kept) {
          const [startsAfter, after] = missed(history, id);
          const from = startsAfter === id ? kept.lastIndexOf(id) + 1 : 0;
          expect(after).toEqual(kept.slice(from));
        }
      }),
    );
  });
});
