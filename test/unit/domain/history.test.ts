import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EARLIEST, History } from '../../../src/domain/history.ts';
import type { Publication } from '../../../src/domain/topic.ts';
import { topicName } from './topic-fixture.ts';

const LIMITS = { historyMessages: 3, historyBytes: 10_000 };

function publication(id: string, text = ''): Publication {
  const payload = new TextEncoder().encode(text);
  return { id, topics: [topicName('garden')], payload, type: undefined, retry: undefined, isPrivate: false, from: undefined };
}

const missed = (history: History, since: string): [string, string[]] => {
  const { startsAfter, publications } = history.replaySince(
    since,
    () => true,
    () => 'take',
  );
  return [startsAfter, publications.map(({ id }) => id)];
};

describe('History', () => {
  it('T6, MER5: replays the publications after an id, in order', () => {
    const history = new History(LIMITS);
    expect(missed(history, 'x')).toEqual([EARLIEST, []]);
    for (const id of ['a', 'b', 'c']) history.add(publication(id));
    expect([missed(history, 'a'), missed(history, 'c'), missed(history, EARLIEST)]).toEqual([
      ['a', ['b', 'c']],
      ['c', []],
      [EARLIEST, ['a', 'b', 'c']],
    ]);
  });

  it('T6, T13: keeps a copy of the extra, and counts its bytes', () => {
    const history = new History(LIMITS);
    const bytes = Uint8Array.of(1, 2);
    history.add(publication('a'));
    const plain = history.bytes;
    history.add({ ...publication('b'), extra: { dialect: 'nats', bytes } });
    bytes.fill(0);
    expect(history.bytes - 2 * plain).toBeGreaterThan(2);
    const kept = history.replaySince(
      'a',
      () => true,
      () => 'take',
    );
    expect(kept.publications.map(({ extra }) => extra)).toEqual([{ dialect: 'nats', bytes: Uint8Array.of(1, 2) }]);
  });

  it('MER5: replays everything after an unknown id, and returns the id before the first publication', () => {
    const history = new History(LIMITS);
    for (const id of ['a', 'b', 'c', 'd', 'e']) history.add(publication(id));
    expect([missed(history, 'a'), missed(history, 'b'), missed(history, EARLIEST)]).toEqual([
      ['b', ['c', 'd', 'e']],
      ['b', ['c', 'd', 'e']],
      ['b', ['c', 'd', 'e']],
    ]);
  });

  it('MER5: replays after the first publication with a repeated id, or everything after the eviction of the first', () => {
    const history = new History({ ...LIMITS, historyMessages: 4 });
    for (const id of ['a', 'b', 'a', 'c']) history.add(publication(id));
    expect(missed(history, 'a')).toEqual(['a', ['b', 'a', 'c']]);
    history.add(publication('d'));
    expect(missed(history, 'a')).toEqual(['a', ['b', 'a', 'c', 'd']]);
    expect(
      history.replaySince(
        'a',
        () => true,
        () => 'skip',
      ).startsAfter,
    ).toBe('a');
  });

  it('MER5: does not treat a publication with the id "earliest" as the start of the history', () => {
    const history = new History(LIMITS);
    for (const id of ['a', EARLIEST, 'b']) history.add(publication(id));
    expect(missed(history, EARLIEST)).toEqual([EARLIEST, ['a', EARLIEST, 'b']]);
  });

  it('MER5: accepts an id that a publisher chose only from a subscriber that may have received it', () => {
    const history = new History(LIMITS);
    for (const id of ['a', 'b']) history.add(publication(id));
    history.add({ ...publication('c'), isOwnId: true });
    const asked = (since: string) =>
      history
        .replaySince(
          since,
          () => false,
          () => 'take',
        )
        .publications.map(({ id }) => id);
    expect([asked('b'), asked('c')]).toEqual([['a', 'b', 'c'], []]);
  });

  it('MER5: omits the oldest publications beyond the limit, and returns the id before the first replayed one', () => {
    const history = new History(LIMITS);
    for (const id of ['a', 'b', 'c']) history.add(publication(id));
    const cut = (most: number) => {
      let taken = 0;
      const { startsAfter, publications } = history.replaySince(
        'a',
        () => true,
        () => (taken++ < most ? 'take' : 'stop'),
      );
      return [startsAfter, publications.map(({ id }) => id)];
    };
    expect([cut(2), cut(1), cut(0)]).toEqual([
      ['a', ['b', 'c']],
      ['b', ['c']],
      ['c', []],
    ]);
  });

  it('T6: copies the payload', () => {
    const history = new History(LIMITS);
    const lent = publication('a', 'mine');
    history.add(lent);
    lent.payload.fill(33);
    expect(
      Buffer.from(
        history.replaySince(
          EARLIEST,
          () => true,
          () => 'take',
        ).publications[0]?.payload ?? [],
      ).toString(),
    ).toBe('mine');
  });

  it('T6: evicts a publication larger than the whole history, and records its id', () => {
    const history = new History({ historyMessages: 3, historyBytes: 1_000 });
    history.add(publication('a'));
    history.add(publication('b', 'x'.repeat(2_000)));
    expect([history.size, history.bytes, missed(history, 'a')]).toEqual([0, 0, ['b', []]]);
  });

  it('T6: keeps nothing if the limit is 0 messages', () => {
    const history = new History({ historyMessages: 0, historyBytes: 1_000 });
    history.add(publication('a'));
    expect([history.size, missed(history, 'a')]).toEqual([0, ['a', []]]);
  });

  it('T6, MER5, promise 5: contains the latest publications within its limits, for any sequence', () => {
    const step = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), text: fc.string({ maxLength: 300 }) });
    const bounds = fc.record({ historyMessages: fc.nat(5), historyBytes: fc.nat(2_000) });
    fc.assert(
      fc.property(bounds, fc.array(step, { maxLength: 30 }), (limits, steps) => {
        const history = new History(limits);
        for (const { id, text } of steps) history.add(publication(id, text));
        const all = steps.map(({ id }) => id);
        const kept = history.size === 0 ? [] : all.slice(-history.size);
        expect(history.size).toBeLessThanOrEqual(limits.historyMessages);
        expect(history.bytes).toBeLessThanOrEqual(limits.historyBytes);
        expect(missed(history, 'never published')[1]).toEqual(kept);
        for (const id of kept) {
          const [startsAfter, after] = missed(history, id);
          expect(after).toEqual(kept.slice(kept.length - after.length));
          expect(startsAfter === id || after.length === kept.length).toBe(true);
          // No publication after the first one with that id is missing.
          expect(after.length).toBeGreaterThanOrEqual(kept.length - 1 - kept.indexOf(id));
        }
      }),
    );
  });
});
