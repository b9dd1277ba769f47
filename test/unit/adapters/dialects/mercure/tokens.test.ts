import { describe, expect, it } from 'vitest';
import { readToken } from '../../../../../src/adapters/dialects/mercure/tokens.ts';

const shown = (headers: Record<string, string>, query = '') =>
  readToken({ method: 'GET', path: '/', query, header: (name) => headers[name] });

describe('MER7: a token', () => {
  it('stands in the header, the query or a cookie, in this order', () => {
    const [authorization, cookie, query] = ['bearer one', 'a=b; mercureAuthorization=three; c', 'authorization=two'];
    expect(shown({ authorization, cookie }, query)).toEqual({ text: 'one', isCookie: false });
    expect(shown({ cookie }, query)).toEqual({ text: 'two', isCookie: false });
    expect(shown({ cookie })).toEqual({ text: 'three', isCookie: true });
  });

  it('MER7: of 1.0 in a cookie goes before one of 0.x, and of two alike the first counts', () => {
    expect(shown({ cookie: 'mercureAuthorization=old; __Secure-mercure_access_token=new' })).toEqual({
      text: 'new',
      isCookie: true,
    });
    expect(shown({ cookie: 'mercureAuthorization=one; mercureAuthorization=two' })).toEqual({ text: 'one', isCookie: true });
  });

  it.each(['Bearer ', 'Bearer', 'Bearer a b', 'bearer a, Bearer b'])('%j is malformed, whatever else there is', (authorization) =>
    expect(shown({ authorization, cookie: 'mercureAuthorization=x' }, 'authorization=y')).toBe('malformed'),
  );

  it.each([{}, { authorization: 'Basic x' }, { cookie: 'mercureAuthorization=' }])('is not in %j', (headers) =>
    expect(shown(headers as Record<string, string>, 'authorization=')).toBeUndefined(),
  );
});
