import { expect, it } from 'vitest';
import { generatePeerId } from '../../../src/application/generate-peer-id.ts';
import { Realm } from '../../../src/domain/realm.ts';
import { LIMITS, REALM_IDENTITY, session } from '../domain/session-fixture.ts';

function withAnn(): Realm {
  const realm = new Realm(REALM_IDENTITY, LIMITS);
  realm.admit(session('ann', realm));
  return realm;
}

it('H2, T9: generates an id that is free', () => {
  const ids = ['ann', 'ann', 'bob'];
  expect(generatePeerId(withAnn(), { generate: () => ids.shift() ?? '' })).toBe('bob');
});

it('H2: gives up after 100 taken ids', () => {
  expect(() => generatePeerId(withAnn(), { generate: () => 'ann' })).toThrow('100 ids in a row that are taken');
});
