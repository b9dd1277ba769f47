import { describe, expect, it } from 'vitest';
import { readClaims, type Claims } from '../../../../../src/adapters/dialects/mercure/claims.ts';

const DETAIL = 'https://mercure.rocks/authorization-detail';
const read = (claims: Record<string, unknown>, type?: string, expiresAt = 1000): Claims | undefined =>
  readClaims({ type, claims, expiresAt });
const details = (...authorization_details: unknown[]): Claims | undefined => read({ authorization_details }, 'at+jwt');
const detail = (more: object): object => ({ type: DETAIL, actions: ['publish'], topics: [{ match: 'a' }], ...more });

describe('MER7: tokens of 0.x', () => {
  it('list the topics to publish and to subscribe', () => {
    expect(read({ mercure: { publish: ['a'], subscribe: [] } })).toEqual({ publish: [{ topic: 'a' }], subscribe: [] });
    const pattern = { match: '/a/:id', match_type: 'urlpattern' };
    expect(read({ 'https://mercure.rocks/': { publish: [pattern] } })?.publish).toMatchObject([{ key: 'u/a/:id' }]);
  });

  it.each([{}, { mercure: null }, { mercure: [] }, { mercure: 5 }, { mercure: { publish: '*', subscribe: null } }])(
    '%j has no permissions',
    (claims) => expect(read(claims)).toEqual({ publish: undefined, subscribe: undefined }),
  );

  it.each([[[1]], [[null]], [[{}]], [['{a}'.repeat(9)]], [[{ match: 'a', match_type: 'regexp' }]], [Array(101).fill('a')]])(
    'are malformed with %j',
    (subscribe) => expect(read({ mercure: { subscribe } })).toBeUndefined(),
  );
});

describe('MER7: tokens of 1.0', () => {
  it('have permissions in authorization_details', () => {
    const both = detail({ actions: ['publish', 'subscribe', 'dance'], topics: [{ match: '*' }] });
    expect(details(both, detail({}), { type: 'other', topics: 'any form' })).toEqual({
      publish: [expect.objectContaining({ key: '*' }), { topic: 'a' }],
      subscribe: [expect.objectContaining({ key: '*' })],
    });
    expect(details()).toEqual({ publish: undefined, subscribe: undefined });
  });

  it.each([
    detail({ actions: [] }),
    detail({ actions: 'publish' }),
    detail({ actions: [1] }),
    detail({ topics: [] }),
    detail({ topics: ['a'] }),
    detail({ topics: [{ match: '' }] }),
    detail({ topics: [{ match: 5 }] }),
    detail({ topics: [{ match: '/(a+)+', match_type: 'urlpattern' }] }),
    detail({ topics: [{ match: 'a', match_type: 'template' }] }),
    detail({ topics: Array(101).fill({ match: 'a' }) }),
    'text',
    null,
  ])('are malformed with %j, also beside valid entries', (one) => expect(details(detail({}), one)).toBeUndefined());

  it('require exp, and ignore authorization_details in tokens of another type', () => {
    const claims = { authorization_details: [detail({})] };
    expect(read(claims, 'at+jwt', Number.POSITIVE_INFINITY)).toBeUndefined();
    expect([read(claims, 'jwt')?.publish, read(claims)?.publish]).toEqual([undefined, undefined]);
    expect(read({ mercure: { publish: ['a'] } }, 'at+jwt')?.publish).toEqual([{ topic: 'a' }]);
  });
});
