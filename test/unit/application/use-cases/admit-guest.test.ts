import { expect, it } from 'vitest';
import { LinesBroker } from '../../../support/lines-broker.ts';

it('T9: a guest gets an id, and the directory is not asked', () => {
  const house = new LinesBroker();
  expect([house.connectLines().id, house.eventNames]).toEqual(['id1', ['peer-opened']]);
});

it('O6, T9: a full realm takes no guest', () => {
  const house = new LinesBroker({ concurrentLimit: 1 });
  house.connectPeer('ann');
  const far = house.connectLines().client;
  expect([far.received, far.closed?.code]).toEqual([['# realm full\n'], 1013]);
});

it('O2: a guest of a realm that is not there is turned away; one that names none comes to the first', () => {
  const house = new LinesBroker({ keys: ['red', 'blue'] });
  expect(house.connectLines('key=green').client.closed?.code).toBe(1008);
  const [ann, bob, eve] = [house.connectLines(), house.connectLines('key=red'), house.connectLines('key=blue')];
  for (const one of [bob, eve]) one.send('+garden');
  ann.send('garden rain');
  expect([bob.received, eve.received]).toEqual([['# in garden:', 'garden rain'], ['# in garden:']]);
});
