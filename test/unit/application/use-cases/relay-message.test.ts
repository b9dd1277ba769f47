import { expect, it } from 'vitest';
import { pair } from '../../../support/test-broker.ts';

it('M1, promise 1: sets src to the registered id of the sender and ignores the src of the frame', () => {
  const { ann, bob } = pair();
  ann.send({ type: 'ANSWER', src: 'eve', dst: 'bob', payload: null, extra: 1 });
  expect(bob.received).toEqual([{ type: 'ANSWER', src: 'ann', dst: 'bob', payload: null }]);
});
