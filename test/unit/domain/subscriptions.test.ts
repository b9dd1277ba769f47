import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/domain/session.ts';
import { UNBOUNDED } from '../../../src/domain/subscriber-search.ts';
import { isNoLocalFor, Subscriptions } from '../../../src/domain/subscriptions.ts';
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

  it('MQ19: a subscription that is no-local does not select publications of its own connection', () => {
    const subscriptions = new Subscriptions();
    const [ann, bob] = [session('ann'), session('bob')];
    const received = (publisher: Session, topic: TopicName): number => {
      const named = isNoLocalFor(publisher, [topic]) ? [] : [...subscriptions.subscribersOf(topic)].filter((one) => one === ann);
      const search = subscriptions.search(publication(topic), named, (one) => one === ann, { publisher });
      return search.candidates.filter((_, place) => search.matches(place, { steps: 0, maxSteps: UNBOUNDED })).length;
    };
    const all = (): number[] => [received(ann, garden), received(ann, street), received(bob, garden), received(bob, street)];
    subscriptions.addTopic(ann, street, true);
    subscriptions.addPatterns(ann, [{ ...pattern, isNoLocal: true }]);
    expect(all()).toEqual([0, 0, 1, 1]);
    const bytes = ann.subscriptions?.bytes ?? 0;
    subscriptions.addPatterns(ann, [pattern]);
    expect(all()).toEqual([1, 0, 1, 1]);
    subscriptions.addTopic(ann, street);
    expect([all(), bytes - (ann.subscriptions?.bytes ?? 0)]).toEqual([[1, 1, 1, 1], 160]);
    subscriptions.addTopic(ann, street, true);
    subscriptions.removeTopic(ann, street);
    subscriptions.removePatterns(ann, [pattern.key]);
    expect([all(), ann.subscriptions?.bytes, subscriptions.total]).toEqual([[0, 0, 0, 0], 0, 0]);
  });

  it('MQ19, M23: the patterns of a publisher are matched in slices', () => {
    const subscriptions = new Subscriptions();
    const ann = session('ann');
    const patterns = Array.from({ length: 199 }, (_, n) => ({ ...prefixPattern(`x${n}`), isNoLocal: n === 0 }));
    subscriptions.addPatterns(ann, patterns);
    const search = subscriptions.search(publication(garden), [], () => true, { publisher: ann });
    const steps: number[] = [];
    for (let isMatch: boolean | undefined; isMatch === undefined && steps.length < 99;) {
      const budget = { steps: 0, maxSteps: 2_000 };
      isMatch = search.matches(0, budget);
      steps.push(budget.steps);
    }
    expect(steps.length).toBeGreaterThan(1);
    expect(Math.max(...steps)).toBeLessThan(2_200);
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
