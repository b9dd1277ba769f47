import { expect, it } from 'vitest';
import { realmKey } from '../../../src/domain/ids.ts';
import { PatternRealms } from '../../../src/domain/pattern-realms.ts';
import { LIMITS, REALM_IDENTITY, session } from './session-fixture.ts';

it('R2: has a realm from its first user to its last', () => {
  const realms = new PatternRealms({ node: REALM_IDENTITY.node }, LIMITS);
  const realm = realms.make(realmKey('team-1'));
  expect([realms.size, realms.find('team-1')]).toEqual([0, undefined]);
  realm.use.add();
  expect([realms.size, realms.find('team-1'), [...realms.all()]]).toEqual([1, realm, [realm]]);
  realm.use.remove();
  expect([realms.size, [...realms.all()]]).toEqual([0, []]);
});

it('MER12, L1: closes expired and idle sessions, each in its own realm', () => {
  const realms = new PatternRealms({ node: REALM_IDENTITY.node }, LIMITS);
  const [one, two] = [realms.make(realmKey('one')), realms.make(realmKey('two'))];
  one.connecting(session('ann', one), 0);
  two.connecting(session('bob', two, 0, { requestedTopics: { selectors: [], presence: false, expiresAt: 500 } }), 0);
  const decisions: unknown[] = [];
  realms.sweep(500, (realm, decision) => decisions.push([realm.key, 'ending' in decision ? decision.ending : decision.do]));
  realms.sweep(LIMITS.aliveTimeout, (realm, decision) =>
    decisions.push([realm.key, 'ending' in decision ? decision.ending : decision.do]),
  );
  expect(decisions).toEqual([
    ['two', 'expired'],
    ['one', 'silent'],
  ]);
});
