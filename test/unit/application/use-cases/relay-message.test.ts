import { expect, it } from 'vitest';
import { pair } from '../../../support/house.ts';

it('M1, promise 1: src is what the sender registered, whatever it wrote', () => {
  const { ann, bob } = pair();
  ann.says({ type: 'ANSWER', src: 'eve', dst: 'bob', payload: null, extra: 1 });
  expect(bob.heard).toEqual([{ type: 'ANSWER', src: 'ann', dst: 'bob', payload: null }]);
});
