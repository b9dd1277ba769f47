import { expect, it } from 'vitest';
import { LinesHouse } from '../../../support/lines.ts';

it('T5: who asks for more topics than it may have is closed', () => {
  const ann = new LinesHouse({ topicsPerConnection: 2 }).enters();
  for (const line of ['+a', '+b', '+a']) ann.says(line);
  expect(ann.far.state).toBe('open');
  ann.says('+c');
  expect(ann.far.closed).toEqual({ code: 1008, why: 'too many topics' });
});

it('T1: a topic that is none is not joined, and counted', () => {
  const house = new LinesHouse({ topicLength: 3 });
  const ann = house.enters();
  ann.says('+long');
  expect([ann.heard, ann.far.state, house.tally.all()]).toEqual([[], 'open', { 'ignored:topic-unusable': 1 }]);
});
