import { describe, expect, it } from 'vitest';
import { readClaims, type ClaimedGrant, type IdClaim } from '../../../../../src/adapters/authorizers/jwt/claims.ts';

function read(
  claims: Record<string, unknown>,
  { idClaim = 'signalbox.id', realms, issuer = 'us' }: { idClaim?: IdClaim; realms?: string[]; issuer?: string } = {},
): ClaimedGrant | string {
  const result = readClaims({ claims, issuer, realms, type: undefined, lifetime: 1 }, idClaim);
  if (result.ok) return result.value;
  return 'detail' in result.refusal ? result.refusal.detail : result.refusal.reason;
}

describe('A2: claims', () => {
  it('are optional', () => {
    expect(read({})).toEqual({
      ...{ owner: undefined, subject: undefined, tokenId: undefined },
      ids: undefined,
      realms: undefined,
      messagesPerSecond: undefined,
      mayDiscover: undefined,
      mayUseIce: true,
      topics: undefined,
    });
  });

  it('give the rights of a client', () => {
    const signalbox = { id: ['ann', 'ann-*'], realm: 'green', discover: true, ice: false, topics: { publish: ['a'] }, rate: 5 };
    expect(read({ sub: 'ann', jti: '1', iat: 1, signalbox })).toEqual({
      ...{
        ...{ owner: 'j:us\0ann', subject: 'ann', tokenId: '1' },
        ids: ['ann', 'ann-*'],
        realms: ['green'],
        messagesPerSecond: 5,
        mayDiscover: true,
        mayUseIce: false,
      },
      topics: { publish: ['a'], subscribe: [] },
    });
  });

  const ODD: Record<string, unknown>[][] = [
    [{ sub: '' }],
    [{ sub: 1 }],
    [{ sub: null }],
    [{ sub: ['ann'] }],
    [{ sub: {} }],
    [{ sub: 'x'.repeat(257) }],
    [{ sub: 'a\0b' }],
    [{ sub: 'a\nb' }],
    [{ sub: '\uD800' }],
    [{ jti: 1 }],
    [{ jti: '' }],
    [{ jti: null }],
    [{ iat: '1' }],
    [{ iat: null }],
    [{ signalbox: null }],
    [{ signalbox: [] }],
    [{ signalbox: 'ann' }],
    [{ signalbox: true }],
    [{ signalbox: { ids: ['ann'] } }],
    [{ signalbox: { __proto__: null, ID: 'ann' } }],
    ...['id', 'realm'].flatMap((name) =>
      [1, null, true, {}, '', [''], [1], [['a']], ['a', null], 'a*b', '**', ['*a'], 'a\0', 'x'.repeat(257)].map((value) => [
        { signalbox: { [name]: value } },
      ]),
    ),
    ...['discover', 'ice'].flatMap((name) => [1, 0, 'true', null, [], {}].map((value) => [{ signalbox: { [name]: value } }])),
    ...[0, -1, '5', null, [], true, Number.POSITIVE_INFINITY].map((rate) => [{ signalbox: { rate } }]),
    ...[
      null,
      [],
      'a',
      true,
      { pub: ['a'] },
      { publish: 1 },
      { publish: null },
      { subscribe: [1] },
      { subscribe: ['a*b'] },
      { publish: [''] },
    ].map((topics) => [{ signalbox: { topics } }]),
  ];

  it.each(ODD)('%j refuse the token', (claims = {}) => expect(read(claims)).toBe('claims'));

  it('an empty list of ids or realms allows none', () => {
    expect(read({ signalbox: { id: [], realm: [] } })).toMatchObject({ ids: [], realms: [] });
  });

  it('a subject has the length of 1 to 256', () => {
    for (const sub of ['a', 'x'.repeat(256), 'auth0|5f7c8ec7c33c6c004bbafe82', 'ann*']) {
      expect(read({ sub })).toMatchObject({ owner: `j:us\0${sub}` });
    }
  });
});

describe('A4: the owner', () => {
  it('is the issuer and the subject', () => {
    expect(read({ sub: 'ann' }, { issuer: '' })).toMatchObject({ owner: 'j:\0ann' });
    expect(read({ sub: 'us' }, { issuer: 'ann' })).not.toEqual(read({ sub: 'ann' }, { issuer: 'us' }));
  });
});

describe('A3: the subject as the id', () => {
  const idClaim = 'sub';
  it('is the only id, also beside a list', () =>
    expect(read({ sub: 'ann', signalbox: { id: '*' } }, { idClaim })).toMatchObject({ ids: ['ann'] }));

  it.each([undefined, '*', 'ann*', 'a*b*'])('%j refuses the token, because it would include other ids', (sub) =>
    expect(read({ sub }, { idClaim })).toBe('claims'),
  );
});

describe('A3: the realms of an issuer', () => {
  it.each([
    [undefined, ['app', 'team-*']],
    [['app'], ['app']],
    [['app', 'other'], ['app']],
    [['other'], []],
    ['*', ['app', 'team-*']],
    ['team-red', ['team-red']],
    ['team-r*', ['team-r*']],
    ['te*', ['team-*']],
    [[], []],
  ])('with the claim %j are %j', (realm, realms) =>
    expect(read({ signalbox: { realm } }, { realms: ['app', 'team-*'] })).toMatchObject({ realms }),
  );
});
