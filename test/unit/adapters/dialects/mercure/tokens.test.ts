import { describe, expect, it } from 'vitest';
import { readToken } from '../../../../../src/adapters/dialects/mercure/tokens.ts';

const shown = (headers: Record<string, string>, query = '') =>
  readToken({ method: 'GET', path: '/', query, header: (name) => headers[name] });

describe('MER7: a token', () => {
  it('is read from the header, the query or a cookie, in this order', () => {
    const [authorization, cookie, query] = ['bearer one', 'a=b; mercureAuthorization=three; c', 'authorization=two'];
    expect(shown({ authorization, cookie }, query)).toEqual({ text: 'one', isCookie: false });
    expect(shown({ cookie }, query)).toEqual({ text: 'two', isCookie: false });
    expect(shown({ cookie })).toEqual({ text: 'three', isCookie: true });
  });

  it('MER7: is read from the cookie of 1.0 before that of 0.x, and from the first of two equal names', () => {
    expect(shown({ cookie: 'mercureAuthorization=old; __Secure-mercure_access_token=new' })).toEqual({
      text: 'new',
      isCookie: true,
    });
    expect(shown({ cookie: 'mercureAuthorization=one; mercureAuthorization=two' })).toEqual({ text: 'one', isCookie: true });
  });

  it.each(['Bearer ', 'Bearer', 'Bearer a b', 'bearer a, Bearer b'])(
    '%j is malformed, also if there are other tokens',
    (authorization) => expect(shown({ authorization, cookie: 'mercureAuthorization=x' }, 'authorization=y')).toBe('malformed'),
  );

  it.each([{}, { authorization: 'Basic x' }, { cookie: 'mercureAuthorization=' }])('is absent in %j', (headers) =>
    expect(shown(headers as Record<string, string>, 'authorization=')).toBeUndefined(),
  );
});
