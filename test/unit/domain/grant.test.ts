import { describe, expect, it } from 'vitest';
import {
  mayJoin,
  mayPublish,
  mayPublishFrom,
  maySubscribe,
  OPEN_GRANT,
  refusalFor,
  type Grant,
} from '../../../src/domain/grant.ts';
import { realmKey } from '../../../src/domain/ids.ts';
import { peerId } from './session-fixture.ts';

const realm = realmKey('team-red');

function reasonFor(grant: Partial<Grant>, id: string | undefined = 'ann'): string | undefined {
  return refusalFor({ ...OPEN_GRANT, ...grant }, realm, id === undefined ? undefined : peerId(id))?.reason;
}

describe('A3: a grant', () => {
  it('that is open includes every realm and id', () => {
    expect(reasonFor({})).toBeUndefined();
  });

  it.each([
    [['team-red'], undefined],
    [['team-*'], undefined],
    [['*'], undefined],
    [['team', 'other'], 'realm-not-granted'],
    [['team-red*x'], 'realm-not-granted'],
    [[], 'realm-not-granted'],
  ])('for the realms %j', (realms, reason) => {
    expect(reasonFor({ realms })).toBe(reason);
  });

  it.each([
    [['ann'], undefined],
    [['bob', 'a*'], undefined],
    [['bob'], 'id-not-granted'],
    [['an'], 'id-not-granted'],
    [[], 'id-not-granted'],
  ])('for the ids %j', (ids, reason) => {
    expect(reasonFor({ ids })).toBe(reason);
  });

  it('compares the realm before the id', () => {
    expect(reasonFor({ realms: [], ids: [] })).toBe('realm-not-granted');
  });

  it('includes a reserved id only if it names ids', () => {
    const reservedIds = ['an*'];
    expect(reasonFor({ reservedIds })).toBe('id-reserved');
    expect(reasonFor({ reservedIds, ids: ['*'] })).toBeUndefined();
    expect(reasonFor({ reservedIds }, 'bob')).toBeUndefined();
  });

  it.each(['Ann', 'ANN', ' ann', 'ann ', 'ａｎｎ', 'an\u200Bn', 'a\u00ADnn', 'ann\uFE0F'])(
    'includes no id that looks like a reserved one: %j',
    (id) => {
      expect(reasonFor({ reservedIds: ['ann'] }, id)).toBe('id-reserved');
      expect(reasonFor({ reservedIds: ['an*'] }, `${id}x`)).toBe('id-reserved');
      expect(reasonFor({ reservedIds: ['ann'], ids: [id] }, id)).toBeUndefined();
      expect(reasonFor({ reservedIds: ['ann'] }, `x${id}`)).toBeUndefined();
    },
  );

  it('includes every id that the broker generated', () => {
    expect(refusalFor({ ...OPEN_GRANT, ids: [], reservedIds: ['*'] }, realm, undefined)).toBeUndefined();
  });
});

describe('A3: a grant with topics', () => {
  const grant: Grant = { ...OPEN_GRANT, topics: { publish: ['a'], subscribe: ['b*'] } };
  const pattern = { key: 'b', pattern: 'b*', matchCost: 0, matches: () => true };

  it('includes subscriptions to its topics, and no pattern of a dialect', () => {
    expect([[], [{ topic: 'b1' }], [{ topic: 'b1' }, { topic: 'a' }], [pattern]].map((one) => maySubscribe(grant, one))).toEqual([
      ...[true, true, false, false],
    ]);
    expect(maySubscribe(OPEN_GRANT, [pattern])).toBe(true);
  });

  it('includes publications to its topics only', () => {
    expect([['a'], ['a', 'b1'], ['b1']].map((names) => mayPublish(grant, names))).toEqual([true, false, false]);
    expect(mayPublish(OPEN_GRANT, ['any'])).toBe(true);
  });

  it('MER7: and the permissions of a token limit a client together', () => {
    const client = (maySubscribe: boolean, topic: string, granted: Grant = OPEN_GRANT): Parameters<typeof mayJoin>[0] => ({
      grant: granted,
      requestedTopics: { permissions: { maySubscribe, mayPublish: (name) => name === topic } },
    });
    const free = { grant: OPEN_GRANT, requestedTopics: undefined };
    expect([client(true, 'a'), client(false, 'a'), client(true, 'a', grant), free].map((one) => mayJoin(one, [pattern]))).toEqual(
      [...[true, false, false, true]],
    );
    const published = (one: Parameters<typeof mayJoin>[0]): boolean[] =>
      [['a'], ['a', 'b1'], ['b1']].map((names) => mayPublishFrom(one, names));
    expect([client(true, 'a'), client(true, 'b1', grant), free].map(published)).toEqual([
      [true, false, false],
      [false, false, false],
      [true, true, true],
    ]);
  });
});
