import fc from 'fast-check';
import { describe, it } from 'vitest';
import { TOPICS, TopicModel, type Kind, type Topic } from './topic-model.ts';

/** One thing that somebody does; who it is, is counted among those who are there. */
type Deed =
  | { readonly does: 'enters'; readonly kind: Kind; readonly isAwake: boolean }
  | { readonly does: 'joins' | 'parts' | 'publishes'; readonly who: number; readonly topic: Topic }
  | { readonly does: 'joins badly' | 'closes' | 'is cut'; readonly who: number }
  | { readonly does: 'time passes' };

const who = fc.nat({ max: 7 });
const topic = fc.constantFrom(...TOPICS);
const enters = fc.record({
  does: fc.constant('enters' as const),
  kind: fc.constantFrom<Kind>('lines', 'relay'),
  isAwake: fc.constantFrom(true, true, true, false),
});
const about = (does: 'joins' | 'parts' | 'publishes') => fc.record({ does: fc.constant(does), who, topic });
const alone = (does: 'joins badly' | 'closes' | 'is cut') => fc.record({ does: fc.constant(does), who });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: enters },
  { weight: 8, arbitrary: about('joins') },
  { weight: 3, arbitrary: about('parts') },
  { weight: 8, arbitrary: about('publishes') },
  { weight: 1, arbitrary: alone('joins badly') },
  { weight: 1, arbitrary: alone('closes') },
  { weight: 1, arbitrary: alone('is cut') },
  { weight: 1, arbitrary: fc.constant({ does: 'time passes' as const }) },
);

function does(world: TopicModel, one: Deed): void {
  if (one.does === 'enters') return world.enters(one.kind, one.isAwake);
  if (one.does === 'time passes') return world.time();
  const guest = world.here[one.who % Math.max(1, world.here.length)];
  if (guest === undefined) return;
  switch (one.does) {
    case 'joins':
      return world.joins(guest, one.topic);
    case 'parts':
      return world.parts(guest, one.topic);
    case 'publishes':
      return world.publishes(guest, one.topic);
    case 'joins badly':
      return world.joinsBadly(guest);
    case 'closes':
      return world.goes(guest, 'close');
    case 'is cut':
      return world.goes(guest, 'cut');
  }
}

describe('topics, whatever guests do', () => {
  it('T1 T2 T3 T4 T5 T7 T9: everybody hears what it should, in order, once, after every step of a thousand runs', () => {
    const property = fc.property(fc.array(deed, { minLength: 1, maxLength: 60 }), (deeds) => {
      const world = new TopicModel();
      deeds.forEach((one, n) => {
        does(world, one);
        const wrong = world.wrong();
        if (wrong !== undefined) throw new Error(`after step ${n + 1}: ${wrong}`);
      });
    });
    fc.assert(property, { numRuns: 1_000 });
  });
});
