import { expect, it } from 'vitest';
import { LinesBroker } from '../../../support/lines-broker.ts';

it('T5: who asks for more topics than it may have is closed', () => {
  const ann = new LinesBroker({ topicsPerConnection: 2 }).connectLines();
  for (const line of ['+a', '+b', '+a']) ann.send(line);
  expect(ann.client.state).toBe('open');
  ann.send('+c');
  expect(ann.client.closed).toEqual({ code: 1008, why: 'too many topics' });
});

it('T1: a topic that is none is not joined, and counted', () => {
  const house = new LinesBroker({ topicLength: 3 });
  const ann = house.connectLines();
  ann.send('+long');
  expect([ann.received, ann.client.state, house.tally.all()]).toEqual([[], 'open', { 'ignored:topic-unusable': 1 }]);
});
