import { expect, it } from 'vitest';
import { SuppliedPeerIds } from '../../../../src/adapters/peer-ids/supplied.ts';

it('H2: calls the function of the embedding program for each id', () => {
  let made = 0;
  const ids = new SuppliedPeerIds(() => `peer ${++made}`);
  expect([ids.generate(), ids.generate()]).toEqual(['peer 1', 'peer 2']);
});

it('names a value that is not a string', () => {
  expect(() => new SuppliedPeerIds(() => 42).generate()).toThrow('generateClientId returned 42; it must return a string');
  expect(() => new SuppliedPeerIds(async () => 'ann').generate()).toThrow(
    /^generateClientId returned Promise .*; it must return/,
  );
});
