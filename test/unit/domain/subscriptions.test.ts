import { describe, expect, it } from 'vitest';
import { UNBOUNDED } from '../../../src/domain/subscriber-search.ts';
import { Subscriptions } from '../../../src/domain/subscriptions.ts';
import type { Session } from '../../../src/domain/session.ts';
import type { Publication, TopicName } from '../../../src/domain/topic.ts';
import { session } from './session-fixture.ts';
import { prefixPattern, topicName } from './topic-fixture.ts';

const [garden, house] = [topicName('garden'), topicName('house')];
const pattern = prefixPattern('gar');

const publication = (...topics: TopicName[]): Publication => {
  const payload = new Uint8Array();
  return { id: 'a', topics, payload, type: undefined, retry: undefined, isPrivate: false, from: undefined };
};

/** All that listen to any of `topics`. */
function ofAny(listeners: Subscriptions, topics: TopicName[]): Session[] {
  const hearing = listeners.search(publication(...topics), listeners.subscribersOfAny(topics), () => true);
  return hearing.candidates.filter((_, place) => hearing.matches(place, { steps: 0, maxSteps: UNBOUNDED }));
}

describe('listeners', () => {
  it('T3: are found by topic, in the order they came, each once', () => {
    const listeners = new Subscriptions();
    const [ann, bob] = [session('ann'), session('bob')];
    expect([listeners.addTopic(ann, garden), listeners.addTopic(bob, garden), listeners.addTopic(ann, garden)]).toEqual([
      true,
      true,
      false,
    ]);
    listeners.addTopic(ann, house);
    expect([
      [...listeners.subscribersOf(garden)],
      [...listeners.subscribersOf(topicName('x'))],
      listeners.subscriberCount(garden),
      listeners.total,
    ]).toEqual([[ann, bob], [], 2, 3]);
    expect(ofAny(listeners, [garden, house])).toEqual([ann, bob]);
  });

  it('T3: are found by pattern, and once where a topic of theirs fits too', () => {
    const listeners = new Subscriptions();
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
    expect([listeners.total, listeners.patternCount, listeners.matchCost]).toEqual([3, 1, 1]);
  });

  it('promise 5: leave nothing behind', () => {
    const listeners = new Subscriptions();
    const ann = session('ann');
    listeners.addTopic(ann, garden);
    listeners.addPatterns(ann, [pattern]);
    expect([
      listeners.removeTopic(ann, garden),
      listeners.removeTopic(ann, garden),
      listeners.removeTopic(session('bob'), garden),
    ]).toEqual([true, false, false]);
    listeners.removePatterns(ann, [pattern.key]);
    listeners.removePatterns(ann, [pattern.key]);
    expect([listeners.total, listeners.patternCount, listeners.subscriberCount(garden), ofAny(listeners, [garden])]).toEqual([
      0,
      0,
      0,
      [],
    ]);
  });
});
