import fc from 'fast-check';
import { describe, it } from 'vitest';
import { TopicModel, TOPICS, type Kind, type Topic } from './topic-model.ts';

/** One action of a client. `client` is an index into the connected clients. */
type Action =
  | { readonly does: 'connect'; readonly kind: Kind; readonly answersPings: boolean }
  | { readonly does: 'join' | 'leave' | 'publish'; readonly client: number; readonly topic: Topic }
  | { readonly does: 'join invalid' | 'close' | 'cut'; readonly client: number }
  | { readonly does: 'time out' };

const client = fc.nat({ max: 7 });
const topic = fc.constantFrom(...TOPICS);
const connect = fc.record({
  does: fc.constant('connect' as const),
  kind: fc.constantFrom<Kind>('lines', 'relay'),
  answersPings: fc.constantFrom(true, true, true, false),
});
const onTopic = (does: 'join' | 'leave' | 'publish') => fc.record({ does: fc.constant(does), client, topic });
const withoutTopic = (does: 'join invalid' | 'close' | 'cut') => fc.record({ does: fc.constant(does), client });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: connect },
  { weight: 8, arbitrary: onTopic('join') },
  { weight: 3, arbitrary: onTopic('leave') },
  { weight: 8, arbitrary: onTopic('publish') },
  { weight: 1, arbitrary: withoutTopic('join invalid') },
  { weight: 1, arbitrary: withoutTopic('close') },
  { weight: 1, arbitrary: withoutTopic('cut') },
  { weight: 1, arbitrary: fc.constant({ does: 'time out' as const }) },
);

function perform(model: TopicModel, step: Action): void {
  if (step.does === 'connect') return model.connect(step.kind, step.answersPings);
  if (step.does === 'time out') return model.timeOut();
  const client = model.connected[step.client % Math.max(1, model.connected.length)];
  if (client === undefined) return;
  switch (step.does) {
    case 'join':
      return model.join(client, step.topic);
    case 'leave':
      return model.leave(client, step.topic);
    case 'publish':
      return model.publish(client, step.topic);
    case 'join invalid':
      return model.joinInvalid(client);
    case 'close':
      return model.disconnect(client, 'close');
    case 'cut':
      return model.disconnect(client, 'cut');
  }
}

describe('topics, for any actions of clients', () => {
  it('T1 T2 T3 T4 T5 T7 T9: each client receives its notifications once and in order, after every step of a thousand runs', () => {
    const property = fc.property(fc.array(action, { minLength: 1, maxLength: 60 }), (actions) => {
      const model = new TopicModel();
      actions.forEach((step, n) => {
        perform(model, step);
        const difference = model.difference();
        if (difference !== undefined) throw new Error(`after step ${n + 1}: ${difference}`);
      });
    });
    fc.assert(property, { numRuns: 1_000 });
  });
});
