import { expect, it } from 'vitest';
import { LinesBroker } from '../../../support/lines-broker.ts';

it('T5: closes a connection that requests more topics than allowed', () => {
  const ann = new LinesBroker({ topicsPerConnection: 2 }).connectLines();
  for (const line of ['+a', '+b', '+a']) ann.send(line);
  expect(ann.client.state).toBe('open');
  ann.send('+c');
  expect(ann.client.closed).toEqual({ code: 1008, why: 'too many topics' });
});

it('T1: ignores and counts an invalid topic', () => {
  const broker = new LinesBroker({ topicLength: 3 });
  const ann = broker.connectLines();
  ann.send('+long');
  expect([ann.received, ann.client.state, broker.counts()]).toEqual([[], 'open', { 'ignored:topic-unusable': 1 }]);
});
