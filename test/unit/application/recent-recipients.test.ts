import { expect, it } from 'vitest';
import { RecentRecipients } from '../../../src/application/recent-recipients.ts';
import { connectionId, realmKey } from '../../../src/domain/ids.ts';
import { Realm } from '../../../src/domain/realm.ts';
import { LIMITS, REALM_IDENTITY, session } from '../domain/session-fixture.ts';

const REALM = new Realm(REALM_IDENTITY, LIMITS);
const at = (slot: number, realm = REALM) => session('ann', realm, 0, { connection: connectionId(slot, 0) });

it('M1: finds the last recipient of a sender', () => {
  const recents = new RecentRecipients();
  const [ann, eve, bob, fay] = [at(1), at(2), at(3), at(4)];
  expect(recents.of(ann)).toBe(undefined);
  recents.remember(ann, bob);
  recents.remember(eve, fay);
  expect([recents.of(ann), recents.of(eve)]).toEqual([bob, fay]);
  recents.remember(ann, fay);
  expect(recents.of(ann)).toBe(fay);
});

it('R3: finds no recipient of another realm', () => {
  const recents = new RecentRecipients();
  recents.remember(at(1), at(3));
  expect(recents.of(at(1, new Realm({ ...REALM_IDENTITY, key: realmKey('other') }, LIMITS)))).toBe(undefined);
});

it('promise 5: has a fixed size', () => {
  const recents = new RecentRecipients();
  const bob = at(3);
  for (let slot = 0; slot < 20_000; slot++) recents.remember(at(slot), bob);
  const eve = at(5);
  recents.remember(at(0), eve);
  expect([recents.of(at(4_096)), recents.of(at(4_095))]).toEqual([eve, bob]);
});
