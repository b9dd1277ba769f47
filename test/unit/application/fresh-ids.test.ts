import { expect, it } from 'vitest';
import { freshIn } from '../../../src/application/fresh-ids.ts';
import { Realm } from '../../../src/domain/realm.ts';
import { LIMITS, PLACE, session } from '../domain/sessions.ts';

function withAnn(): Realm {
  const realm = new Realm(PLACE, LIMITS);
  realm.admit(session('ann', realm));
  return realm;
}

it('H2, T9: finds an id that nobody has', () => {
  const ids = ['ann', 'ann', 'bob'];
  expect(freshIn(withAnn(), { fresh: () => ids.shift() ?? '' })).toBe('bob');
});

it('H2: does not ask a broken source for ever', () => {
  expect(() => freshIn(withAnn(), { fresh: () => 'ann' })).toThrow('100 ids in a row that are taken');
});
