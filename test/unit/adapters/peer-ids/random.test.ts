import { expect, it } from 'vitest';
import { RandomPeerIds } from '../../../../src/adapters/peer-ids/random.ts';

it('H2: generates unique UUIDs', () => {
  const ids = Array.from({ length: 100 }, () => new RandomPeerIds().generate());
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
