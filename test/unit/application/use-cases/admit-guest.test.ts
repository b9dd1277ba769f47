import { expect, it } from 'vitest';
import { LinesHouse } from '../../../support/lines.ts';

it('T9: a guest gets an id, and the directory is not asked', () => {
  const house = new LinesHouse();
  expect([house.enters().id, house.told]).toEqual(['id1', ['peer-opened']]);
});

it('O6, T9: a full realm takes no guest', () => {
  const house = new LinesHouse({ concurrentLimit: 1 });
  house.opens('ann');
  const far = house.enters().far;
  expect([far.heard, far.closed?.code]).toEqual([['# realm full\n'], 1013]);
});

it('O2: a guest of a realm that is not there is turned away; one that names none comes to the first', () => {
  const house = new LinesHouse({ keys: ['red', 'blue'] });
  expect(house.enters('key=green').far.closed?.code).toBe(1008);
  const [ann, bob, eve] = [house.enters(), house.enters('key=red'), house.enters('key=blue')];
  for (const one of [bob, eve]) one.says('+garden');
  ann.says('garden rain');
  expect([bob.heard, eve.heard]).toEqual([['# in garden:', 'garden rain'], ['# in garden:']]);
});
