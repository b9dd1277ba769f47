import { expect, it } from 'vitest';
import { RealmLabels } from '../../../src/application/realm-labels.ts';

it('RealmLabels: names the first 50 keys, and puts the other realms together', () => {
  const labels = new RealmLabels(Array.from({ length: 60 }, (_, n) => `realm ${n}`));
  expect(['realm 0', 'realm 49', 'realm 50', 'unknown'].map((key) => labels.of(key))).toEqual([
    'realm 0',
    'realm 49',
    'other',
    'other',
  ]);
});
