import { describe, expect, it } from 'vitest';
import { Listeners } from '../../../src/domain/listeners.ts';
import { session } from './sessions.ts';
import { beginning, named } from './topics.ts';

const [garden, house] = [named('garden'), named('house')];
const pattern = beginning('gar') as Extract<ReturnType<typeof beginning>, { pattern: string }>;

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
    expect([...listeners.ofAny([garden, house])]).toEqual([ann, bob]);
  });

  it('T3: are found by pattern, and once where a topic of theirs fits too', () => {
    const listeners = new Listeners();
    const [ann, bob] = [session('ann'), session('bob')];
    listeners.addPattern(ann, pattern);
    listeners.addPattern(ann, pattern);
    listeners.addTopic(ann, garden);
    listeners.addTopic(bob, house);
    expect([[...listeners.ofAny([garden])], [...listeners.ofAny([house])], [...listeners.ofAny([house, garden])]]).toEqual([
      [ann],
      [bob],
      [bob, ann],
    ]);
    expect([listeners.joins, listeners.patterns]).toEqual([3, 1]);
  });

  it('promise 5: leave nothing behind', () => {
    const listeners = new Listeners();
    const ann = session('ann');
    listeners.addTopic(ann, garden);
    listeners.addPattern(ann, pattern);
    expect([
      listeners.dropTopic(ann, garden),
      listeners.dropTopic(ann, garden),
      listeners.dropTopic(session('bob'), garden),
    ]).toEqual([true, false, false]);
    listeners.dropPattern(ann, pattern.pattern);
    listeners.dropPattern(ann, pattern.pattern);
    expect([listeners.joins, listeners.patterns, listeners.count(garden), [...listeners.ofAny([garden])]]).toEqual([0, 0, 0, []]);
  });
});
