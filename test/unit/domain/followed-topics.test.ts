import { describe, expect, it } from 'vitest';
import { partsByFollowedTopic } from '../../../src/domain/followed-topics.ts';
import type { Session } from '../../../src/domain/session.ts';
import type { Publication } from '../../../src/domain/topic.ts';
import { session } from './session-fixture.ts';
import { topicName } from './topic-fixture.ts';

const publication = (...topics: readonly string[]): Publication => ({
  ...{ id: 'id', topics: topics.map(topicName), payload: new Uint8Array() },
  ...{ type: undefined, retry: undefined, isPrivate: false, from: undefined },
});

function subscriber(...topics: readonly string[]): Session {
  const one = session(topics.join());
  one.subscriptions = { topics: new Set(topics.map(topicName)), patterns: new Map(), bytes: 0 };
  return one;
}

const partsOf = (topics: readonly string[], subscribers: readonly Session[]): unknown[] =>
  partsByFollowedTopic(publication(...topics), subscribers).map((part) => [
    part.publication.topics.join(),
    part.subscribers.map(({ id }) => id),
  ]);

describe('the parts of a publication with several topics', () => {
  it('T3: have the first topic that their subscribers follow in front', () => {
    const subscribers = [subscriber('a', 'c'), subscriber('a'), subscriber('b', 'c'), subscriber('d')];
    expect(partsOf(['a', 'b', 'c', 'd'], subscribers)).toEqual([
      ['a,b,c,d', ['a,c', 'a']],
      ['b,a,c,d', ['b,c']],
      ['d,a,b,c', ['d']],
    ]);
  });

  it('T3: begin with that of the first topic, also without subscribers', () => {
    expect(partsOf(['a', 'b'], [subscriber('b')])).toEqual([
      ['a,b', []],
      ['b,a', ['b']],
    ]);
    expect(partsOf(['a', 'b'], [])).toEqual([['a,b', []]]);
  });
});
