import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
    for (const topic of ['a', 'b', 'c']) kept.keep(publication(topic, topic), 0);
    expect([...kept.topics()]).toEqual(['a', 'b']);
    expect(kept.hasRoomFor(publication('c', 'c'), 0)).toBe(false);
    expect([kept.hasRoomFor(publication('a', 'x'), 0), kept.hasRoomFor(publication('c', ''), 0)]).toEqual([true, true]);
    kept.keep(publication('a', 'x'.repeat(10_000)), 0);
    expect([...kept.topics()]).toEqual(['b']);
    expect(new RetainedPublications({ ...LIMITS, retainedMessages: 0 }).hasRoomFor(publication('a', 'x'), 0)).toBe(false);
  });

  it('expire, and then make room', () => {
    const kept = new RetainedPublications(LIMITS);
    kept.keep(publication('a', 'a', 10), 0);
    kept.keep(publication('b', 'b', 20), 0);
    expect([textOf(kept, 'a', 9), textOf(kept, 'a', 10), kept.size]).toEqual(['a', undefined, 1]);
    kept.keep(publication('a', 'a', 10), 10);
    expect([kept.hasRoomFor(publication('c', 'c'), 19), kept.hasRoomFor(publication('c', 'c'), 20)]).toEqual([false, true]);
  });

  it('never exceed the limits, for any publications', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(4_000), fc.nat(20)), { maxLength: 30 });
    const property = fc.property(steps, (all) => {
      const kept = new RetainedPublications(LIMITS);
      for (const [index, [topic, size, lifetime]] of all.entries()) {
        const one = publication(topic, 'x'.repeat(size), lifetime);
        const hasRoom = kept.hasRoomFor(one, index);
        kept.keep(one, index);
        expect(kept.find(topic, index) !== undefined).toBe(hasRoom && size > 0 && lifetime > 0);
        expect([kept.size <= 2, kept.bytes <= 10_000, kept.bytes === 0 || kept.size > 0]).toEqual([true, true, true]);
      }
    });
    fc.assert(property, { numRuns: 200 });
  });
});
