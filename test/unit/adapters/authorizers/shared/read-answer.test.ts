import { describe, expect, it } from 'vitest';
import { readAnswer, type Verdict } from '../../../../../src/adapters/authorizers/shared/read-answer.ts';
import { OPEN_GRANT } from '../../../../../src/domain/grant.ts';
import { NEVER } from '../../../../../src/domain/time.ts';

const read = (raw: unknown): Verdict | string => {
  const verdict = readAnswer(raw, []);
  return verdict.ok ? verdict.value : verdict.refusal;
};

const { lifetime: _, ...open } = OPEN_GRANT;

describe('readAnswer', () => {
  it('A9: `allow` alone grants everything but the list of peers', () => {
    expect(read({ allow: true })).toEqual({ allow: true, grant: { ...open, mayDiscover: false }, until: NEVER, cache: 0 });
  });

  it('A9: reads every member', () => {
    const answer = {
      user: '42',
      until: 1_790_000_000.5,
      ids: ['ann', 'a-*'],
      realms: ['*'],
      ice: false,
      rate: 50,
      discover: true,
      cache: 60,
    };
    expect(read({ allow: true, ...answer })).toEqual({
      allow: true,
      grant: {
        ...{ owner: 'w:42', subject: '42', tokenId: undefined },
        ...{ ids: ['ann', 'a-*'], reservedIds: [], realms: ['*'], messagesPerSecond: 50, mayUseIce: false },
        ...{ mayDiscover: true, topics: undefined },
      },
      until: 1_790_000_000_500,
      cache: 60_000,
    });
  });

  it('A9: reads topics and prefixes of topics; a missing list grants none', () => {
    const verdict = read({ allow: true, topics: { publish: ['a', 'b*'] } });
    expect(verdict).toMatchObject({ allow: true, grant: { topics: { publish: ['a', 'b*'], subscribe: [] } } });
  });

  it('A9: a denial has a text for the client', () => {
    expect([read({ allow: false }), read({ allow: false, message: 'Sign in' })]).toEqual([
      { allow: false, message: 'Not allowed' },
      { allow: false, message: 'Sign in' },
    ]);
  });

  it('A9: members that are undefined are absent', () => {
    expect(read({ allow: true, ids: undefined, topics: { publish: undefined } })).toMatchObject({ allow: true });
  });

  it.each([undefined, null, true, 'allow', 1, [], [{ allow: true }]])('A9: %j is no answer', (raw) => {
    expect(read(raw)).toBe('the answer is no JSON object');
  });

  const odd: readonly [string, unknown][] = [
    ...[undefined, null, 1, 0, 'true', 'false', {}, []].map((allow): [string, unknown] => ['allow', allow]),
    ...[null, '', 42, ['42'], {}, 'x'.repeat(257), 'a\0b', '\ud800'].map((user): [string, unknown] => ['user', user]),
    ...[null, '1790000000', -1, 1_790_000_000_000, Number.NaN, Infinity, true].map((until): [string, unknown] => [
      'until',
      until,
    ]),
    ...[null, 'ann', [1], [''], [null], ['a*b'], ['**'], {}, Array(101).fill('a')].map((ids): [string, unknown] => ['ids', ids]),
    ...[null, 'green', [['green']], ['x'.repeat(257)]].map((realms): [string, unknown] => ['realms', realms]),
    ...[null, 0, 'false'].map((ice): [string, unknown] => ['ice', ice]),
    ...[null, 0, -1, 0.5, '5', Infinity, 1_000_001].map((rate): [string, unknown] => ['rate', rate]),
    ...[null, 1, 'true'].map((discover): [string, unknown] => ['discover', discover]),
    ...[null, [], ['a'], { publish: 'a' }, { publish: null }, { subscribe: [1] }, { join: [] }].map(
      (topics): [string, unknown] => ['topics', topics],
    ),
    ...[null, -1, '60', 3_601, Number.NaN].map((cache): [string, unknown] => ['cache', cache]),
  ];
  it.each(odd)('A9: %s must not be %j, which might mean less than it says', (name, value) => {
    expect(read({ allow: true, [name]: value })).toMatch(new RegExp(`^${name} must be `));
  });

  it.each([null, '', 1, ['a'], 'x'.repeat(121), 'one\ntwo'])('A9: a message must not be %j', (message) => {
    expect(read({ allow: false, message })).toMatch(/^message must be /);
  });

  it.each(['id', 'Ids', 'expires', 'message', '__proto__x', 'constructor'])('A9: the unknown member %s is named', (name) => {
    expect(read({ allow: true, [name]: ['ann'] })).toMatch(`the member "${name}" is not known: use allow, user, until, ids,`);
  });

  it('A9: an unknown member is shortened, and a denial has no rights', () => {
    expect(read({ allow: true, ['x'.repeat(99)]: 1 })).toContain(`"${'x'.repeat(40)}…"`);
    expect(read({ allow: false, ids: [] })).toContain('use allow, message');
    expect(read(JSON.parse('{"allow":true,"__proto__":{"ids":["ann"]}}'))).toContain('the member "__proto__" is not known');
  });

  it('A9: the lists of an embedding program are copied', () => {
    const ids = ['ann'];
    const verdict = read({ allow: true, ids });
    ids.push('bob');
    expect(verdict).toMatchObject({ grant: { ids: ['ann'] } });
  });
});
