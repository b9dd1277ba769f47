import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { MemoryBudget } from '../../../src/domain/memory-budget.ts';
import { RetainedPublications } from '../../../src/domain/retained-publications.ts';
import { NEVER } from '../../../src/domain/time.ts';
import type { Publication, TopicName } from '../../../src/domain/topic.ts';

const LIMITS = { retainedMessages: 2, retainedBytes: 10_000 };

function publication(topic: string, text: string, lifetime = NEVER): Publication {
  const bytes = { topics: [topic as TopicName], payload: new TextEncoder().encode(text), retain: { lifetime } };
  return { id: '', ...bytes, type: undefined, retry: undefined, isPrivate: false, from: undefined };
}

const textOf = (kept: RetainedPublications, topic: string, now = 0): string | undefined => {
  const payload = kept.find(topic, now)?.publication.payload;
  return payload && new TextDecoder().decode(payload);
};

describe('T17: retained publications', () => {
  it('are the last ones of their topics, and copies', () => {
    const kept = new RetainedPublications(LIMITS);
    const first = publication('a', 'one');
    kept.keep(first, 0);
    first.payload.fill(0);
    expect(textOf(kept, 'a')).toBe('one');
    kept.keep(publication('a', 'two'), 5);
    expect([textOf(kept, 'a'), kept.size, kept.find('a', 9)?.keptSince]).toEqual(['two', 1, 5]);
    kept.keep(publication('a', ''), 6);
    expect([textOf(kept, 'a'), kept.size, kept.bytes]).toEqual([undefined, 0, 0]);
  });

  it('are limited in number and in bytes, and one without room deletes the earlier one', () => {
    const kept = new RetainedPublications(LIMITS);
    const keep = (topic: string, text: string): boolean => kept.keep(publication(topic, text), 0);
    expect([keep('a', 'a'), keep('b', 'b'), keep('c', 'c'), keep('c', ''), keep('a', 'x')]).toEqual([
      true,
      true,
      false,
      true,
      true,
    ]);
    expect([...kept.topics()]).toEqual(['a', 'b']);
    expect([keep('a', 'x'.repeat(10_000)), ...kept.topics()]).toEqual([false, 'b']);
    expect(new RetainedPublications({ ...LIMITS, retainedMessages: 0 }).keep(publication('a', 'x'), 0)).toBe(false);
  });

  it('stay if one that is required has no room', () => {
    const kept = new RetainedPublications(LIMITS);
    kept.keep(publication('a', 'a'), 0);
    expect([kept.keep(publication('a', 'x'.repeat(10_000)), 0, { isRequired: true }), textOf(kept, 'a')]).toEqual([false, 'a']);
  });

  it('expire, and then make room', () => {
    const kept = new RetainedPublications(LIMITS);
    kept.keep(publication('a', 'a', 10), 0);
    kept.keep(publication('b', 'b', 20), 0);
    expect([textOf(kept, 'a', 9), textOf(kept, 'a', 10), kept.size]).toEqual(['a', undefined, 1]);
    kept.keep(publication('a', 'a', 10), 10);
    expect([kept.keep(publication('c', 'c'), 19), kept.keep(publication('c', 'c'), 20)]).toEqual([false, true]);
  });

  it('M23: are not all searched for expired ones by each publication without room', () => {
    const kept = new RetainedPublications({ retainedMessages: 100, retainedBytes: 1_000_000 });
    for (let topic = 0; topic < 100; topic++) kept.keep(publication(`${topic}`, 'x', 1_000 + topic), 0);
    const find = vi.spyOn(kept, 'find');
    for (let more = 0; more < 100; more++) kept.keep(publication(`more/${more}`, 'x'), 5);
    expect([find.mock.calls.length, kept.size]).toEqual([100, 100]);
    kept.keep(publication('later', 'x'), 1_001);
    expect([textOf(kept, '1', 1_001), textOf(kept, '2', 1_001), textOf(kept, 'later', 1_001)]).toEqual([undefined, 'x', 'x']);
    for (let more = 0; more < 5; more++) kept.keep(publication('more', 'x'), 1_002);
    expect([textOf(kept, 'more', 1_002), textOf(kept, '3', 1_003)]).toEqual(['x', undefined]);
  });

  it('never exceed the limits, for any publications', () => {
    const addresses = fc.constantFrom('here', 'there', undefined);
    const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(4_000), fc.nat(20), addresses), {
      maxLength: 30,
    });
    const property = fc.property(steps, fc.integer({ min: 2_000, max: 20_000 }), (all, memoryPerAddress) => {
      const memory = new MemoryBudget({ memoryBudget: 9_000, memoryPerAddress });
      const kept = new RetainedPublications(LIMITS, memory);
      for (const [index, [topic, size, lifetime, address]] of all.entries()) {
        const isKept = kept.keep(publication(topic, 'x'.repeat(size), lifetime), index, { address });
        expect(kept.find(topic, index) !== undefined).toBe(isKept && size > 0 && lifetime > 0);
        expect([kept.size <= 2, kept.bytes <= 9_000, kept.bytes === 0 || kept.size > 0]).toEqual([true, true, true]);
        expect(memory.bytes).toBe(kept.bytes);
      }
    });
    fc.assert(property, { numRuns: 200 });
  });
});

describe('B1: the memory budget counts retained publications', () => {
  const TEXT = 'x'.repeat(1_000);
  const ONE = 600 + 1_000 + 2 * 16 + 8 + 16;

  it('until they are replaced, deleted or expired', () => {
    const memory = new MemoryBudget({ memoryBudget: 1e6, memoryPerAddress: 1e6 });
    const kept = new RetainedPublications(LIMITS, memory);
    kept.keep(publication('a', TEXT), 0, { address: 'here' });
    kept.keep(publication('a', TEXT), 0, { address: 'there' });
    expect(memory.bytes).toBe(ONE);
    kept.keep(publication('a', '', 0), 0);
    kept.keep(publication('b', TEXT, 5), 0);
    expect([memory.bytes, kept.find('b', 5), memory.bytes]).toEqual([ONE, undefined, 0]);
  });

  it('B3: keeps none beyond the budget, and closes a larger connection first', () => {
    const memory = new MemoryBudget({ memoryBudget: 2_000, memoryPerAddress: 1e6 });
    const kept = new RetainedPublications(LIMITS, memory);
    expect([kept.keep(publication('a', TEXT), 0), kept.keep(publication('b', TEXT), 0)]).toEqual([true, false]);
    const closed: boolean[] = [];
    const wider = new MemoryBudget({ memoryBudget: 4_000, memoryPerAddress: 1e6 });
    const account = wider.open('there');
    account.onExcess = (mustCut) => closed.push(mustCut);
    account.set('unread', 3_900);
    expect(new RetainedPublications(LIMITS, wider).keep(publication('a', TEXT), 0, { address: 'here' })).toBe(true);
    expect(closed).toEqual([false]);
  });

  it('B2: gives an address no more than its share once half of the room is used; other nodes have no share', () => {
    const memory = new MemoryBudget({ memoryBudget: 1e6, memoryPerAddress: 5_000 });
    const kept = new RetainedPublications({ retainedMessages: 100, retainedBytes: 8_000 }, memory);
    const keep = (topic: string, address?: string): boolean => kept.keep(publication(topic, TEXT), 0, { address });
    expect([keep('a', 'here'), keep('b', 'here'), keep('c', 'here'), keep('d', 'here')]).toEqual([true, true, true, false]);
    expect([keep('a', 'here'), keep('d'), keep('e', 'there')]).toEqual([true, true, false]);
  });
});
