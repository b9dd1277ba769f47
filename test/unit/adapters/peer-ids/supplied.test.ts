import { expect, it } from 'vitest';
import { SuppliedPeerIds } from '../../../../src/adapters/peer-ids/supplied.ts';

it('H2: calls the function of the embedding program for each id', () => {
  let made = 0;
  const ids = new SuppliedPeerIds(() => `peer ${++made}`);
  expect([ids.generate(), ids.generate()]).toEqual(['peer 1', 'peer 2']);
});
