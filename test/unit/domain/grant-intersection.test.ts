import { describe, expect, it } from 'vitest';
import { grantInBoth } from '../../../src/domain/grant-intersection.ts';
import { OPEN_GRANT, refusalFor, type Grant } from '../../../src/domain/grant.ts';
import { echoed, realmKey } from '../../../src/domain/ids.ts';
import { NEVER } from '../../../src/domain/time.ts';

const both = (first: Partial<Grant>, second: Partial<Grant>): Grant =>
  grantInBoth({ ...OPEN_GRANT, ...first }, { ...OPEN_GRANT, ...second });

const ids = (first: readonly string[], second: readonly string[]): readonly string[] | undefined =>
  both({ ids: first }, { ids: second }).ids;

describe('grantInBoth', () => {
  it('A9: takes the list of the grant that has one', () => {
    expect(both({ ids: ['ann'] }, { realms: ['green'] })).toMatchObject({ ids: ['ann'], realms: ['green'] });
    expect(both({}, {})).toEqual(OPEN_GRANT);
  });

  it('A9: takes the narrower one of two patterns that include each other', () => {
    expect(ids(['ann', 'bob'], ['bob', 'carl'])).toEqual(['bob']);
    expect([ids(['a*'], ['ann', 'bob']), ids(['ann', 'bob'], ['a*'])]).toEqual([['ann'], ['ann']]);
    expect([ids(['a*'], ['an*']), ids(['an*'], ['a*']), ids(['*'], ['a*'])]).toEqual([['an*'], ['an*'], ['a*']]);
    expect([ids(['a*'], ['b*']), ids(['ann*'], ['an'])]).toEqual([[], []]);
  });

  it('A9: allows an id only if both grants do', () => {
    const patterns = ['ann', 'an*', 'b*', '*', 'bob'];
    for (const one of patterns) {
      for (const other of patterns) {
        for (const id of ['ann', 'anna', 'bob', 'bo', 'carl'].map((name) => echoed(name))) {
          const allows = (grant: Grant): boolean => refusalFor(grant, realmKey('green'), id) === undefined;
          const expected = allows({ ...OPEN_GRANT, ids: [one] }) && allows({ ...OPEN_GRANT, ids: [other] });
          expect(allows(both({ ids: [one] }, { ids: [other] }))).toBe(expected);
        }
      }
    }
  });

  it('A9: takes the first owner, the shorter lifetime, the lower rate, and all reserved ids', () => {
    const first = { owner: 'j:i\0ann', lifetime: NEVER, messagesPerSecond: 9, reservedIds: ['a'] };
    const second = { owner: 'w:42', lifetime: 5, messagesPerSecond: 7, reservedIds: ['a', 'b'] };
    expect(both(first, second)).toMatchObject({ owner: 'j:i\0ann', lifetime: 5, messagesPerSecond: 7, reservedIds: ['a', 'b'] });
    expect(both({}, second)).toMatchObject({ owner: 'w:42', messagesPerSecond: 7 });
    expect(both({ tokenId: 'one' }, { subject: '42', tokenId: 'two' })).toMatchObject({ subject: '42', tokenId: 'one' });
  });

  it('A9: a right needs both grants', () => {
    expect(both({ mayDiscover: false }, { mayUseIce: false })).toMatchObject({ mayDiscover: false, mayUseIce: false });
  });

  it('A9: takes the patterns of topics that both grants have', () => {
    const first = { publish: ['a', 'b*'], subscribe: ['b'] };
    const second = { publish: ['b1', 'b*'], subscribe: ['a'] };
    expect(both({ topics: first }, { topics: second }).topics).toEqual({ publish: ['b1', 'b*'], subscribe: [] });
    expect(both({ topics: first }, {}).topics).toBe(first);
  });
});
