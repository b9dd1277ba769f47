import { describe, expect, it } from 'vitest';
import { UNBOUNDED } from '../../../src/domain/hearing.ts';
import { Listeners } from '../../../src/domain/listeners.ts';
import type { Session } from '../../../src/domain/session.ts';
import type { Publication, TopicName } from '../../../src/domain/topic.ts';
import { session } from './sessions.ts';
import { beginning, named } from './topics.ts';

const [garden, house] = [named('garden'), named('house')];
const pattern = beginning('gar');

const publication = (...topics: TopicName[]): Publication => {
  const payload = new Uint8Array();
  return { id: 'a', topics, payload, type: undefined, retry: undefined, isPrivate: false, from: undefined };
};

/** All that listen to any of `topics`. */
function ofAny(listeners: Listeners, topics: TopicName[]): Session[] {
  const hearing = listeners.hearing(publication(...topics), listeners.named(topics), () => true);
  return hearing.listeners.filter((_, place) => hearing.hears(place, { steps: 0, most: UNBOUNDED }));
}

describe('listeners', () => {
  it('T3: are found by topic, in the order they came, each once', () => {
    const listeners = new Listeners();
    const [ann, bob] = [session('ann'), session('bob')];
    expect([listeners.addTopic(ann, garden), listeners.addTopic(bob, garden), listeners.addTopic(ann, garden)]).toEqual([
      true,
      true,
      false,
    ]);
    listeners.addTopic(ann, house);
    expect([[...listeners.of(garden)], [...listeners.of(named('x'))], listeners.count(garden), listeners.joins]).toEqual([
      [ann, bob],
      [],
      2,
      3,
    ]);
    expect(ofAny(listeners, [garden, house])).toEqual([ann, bob]);
  });

  it('T3: are found by pattern, and once where a topic of theirs fits too', () => {
    const listeners = new Listeners();
    const [ann, bob] = [session('ann'), session('bob')];
    listeners.addPatterns(ann, [pattern]);
    listeners.addPatterns(ann, [pattern]);
    listeners.addTopic(ann, garden);
    listeners.addTopic(bob, house);
    expect([ofAny(listeners, [garden]), ofAny(listeners, [house]), ofAny(listeners, [house, garden])]).toEqual([
      [ann],
      [bob],
      [bob, ann],
    ]);
    expect([listeners.joins, listeners.patterns, listeners.weight]).toEqual([3, 1, 1]);
  });

  it('promise 5: leave nothing behind', () => {
    const listeners = new Listeners();
    const ann = session('ann');
    listeners.addTopic(ann, garden);
    listeners.addPatterns(ann, [pattern]);
    expect([
      listeners.dropTopic(ann, garden),
      listeners.dropTopic(ann, garden),
      listeners.dropTopic(session('bob'), garden),
    ]).toEqual([true, false, false]);
    listeners.dropPatterns(ann, [pattern.key]);
    listeners.dropPatterns(ann, [pattern.key]);
    expect([listeners.joins, listeners.patterns, listeners.count(garden), ofAny(listeners, [garden])]).toEqual([0, 0, 0, []]);
  });
});
