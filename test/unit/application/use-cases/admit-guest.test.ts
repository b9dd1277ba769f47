import { expect, it } from 'vitest';
import { LinesBroker } from '../../../support/lines-broker.ts';

it('T9: gives a guest an id without a claim in the directory', () => {
  const broker = new LinesBroker();
  expect([broker.connectLines().id, broker.eventNames]).toEqual(['id1', ['peer-opened']]);
});

it('O6, T9: refuses a guest if the realm is full', () => {
  const broker = new LinesBroker({ concurrentLimit: 1 });
  broker.connectPeer('ann');
  const client = broker.connectLines().client;
  expect([client.received, client.closed?.code]).toEqual([['# realm full\n'], 1013]);
});

it('O2: refuses a guest of an unknown realm, and uses the first realm by default', () => {
  const broker = new LinesBroker({ keys: ['red', 'blue'] });
  expect(broker.connectLines('key=green').client.closed?.code).toBe(1008);
  const [ann, bob, eve] = [broker.connectLines(), broker.connectLines('key=red'), broker.connectLines('key=blue')];
  for (const one of [bob, eve]) one.send('+garden');
  ann.send('garden rain');
  expect([bob.received, eve.received]).toEqual([['# in garden:', 'garden rain'], ['# in garden:']]);
});
