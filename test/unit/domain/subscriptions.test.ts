import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/domain/session.ts';
import { UNBOUNDED } from '../../../src/domain/subscriber-search.ts';
import { Subscriptions } from '../../../src/domain/subscriptions.ts';
import type { Publication, TopicName } from '../../../src/domain/topic.ts';
import { session } from './session-fixture.ts';
import { prefixPattern, topicName } from './topic-fixture.ts';

const [garden, street] = [topicName('garden'), topicName('street')];
const pattern = prefixPattern('gar');

const publication = (...topics: TopicName[]): Publication => {
  const payload = new Uint8Array();
  return { id: 'a', topics, payload, type: undefined, retry: undefined, isPrivate: false, from: undefined };
};

/** All receivers of a publication on `topics`. */
function receiversOf(subscriptions: Subscriptions, topics: TopicName[]): Session[] {
  const search = subscriptions.search(publication(...topics), subscriptions.subscribersOfAny(topics), () => true);
  return search.candidates.filter((_, place) => search.matches(place, { steps: 0, maxSteps: UNBOUNDED }));
}

describe('Subscriptions', () => {
  it('T3: finds subscribers by topic, each once, in order of subscription', () => {
    const subscriptions = new Subscriptions();
    const [ann, bob] = [session('ann'), session('bob')];
    expect([
      subscriptions.addTopic(ann, garden),
      subscriptions.addTopic(bob, garden),
      subscriptions.addTopic(ann, garden),
    ]).toEqual([true, true, false]);
    subscriptions.addTopic(ann, street);
    expect([
      [...subscriptions.subscribersOf(garden)],
      [...subscriptions.subscribersOf(topicName('x'))],
      subscriptions.subscriberCount(garden),
      subscriptions.total,
    ]).toEqual([[ann, bob], [], 2, 3]);
    expect(receiversOf(subscriptions, [garden, street])).toEqual([ann, bob]);
  });

  it('T3: finds subscribers by pattern, once if they are also subscribed by topic', () => {
    const subscriptions = new Subscriptions();
    const [ann, bob] = [session('ann'), session('bob')];
    subscriptions.addPatterns(ann, [pattern]);
    subscriptions.addPatterns(ann, [pattern]);
    subscriptions.addTopic(ann, garden);
    subscriptions.addTopic(bob, street);
    expect([
      receiversOf(subscriptions, [garden]),
      receiversOf(subscriptions, [street]),
      receiversOf(subscriptions, [street, garden]),
    ]).toEqual([[ann], [bob], [bob, ann]]);
    expect([subscriptions.total, subscriptions.patternCount, subscriptions.matchCost]).toEqual([3, 1, 1]);
  });

  it('promise 5: keeps nothing after the last subscription', () => {
    const subscriptions = new Subscriptions();
    const ann = session('ann');
    subscriptions.addTopic(ann, garden);
    subscriptions.addPatterns(ann, [pattern]);
    expect([
      subscriptions.removeTopic(ann, garden),
      subscriptions.removeTopic(ann, garden),
      subscriptions.removeTopic(session('bob'), garden),
    ]).toEqual([true, false, false]);
    subscriptions.removePatterns(ann, [pattern.key]);
    subscriptions.removePatterns(ann, [pattern.key]);
    expect([
      subscriptions.total,
      subscriptions.patternCount,
      subscriptions.subscriberCount(garden),
      receiversOf(subscriptions, [garden]),
    ]).toEqual([0, 0, 0, []]);
  });
});
