import { describe, expect, it } from 'vitest';
import { tokenIn } from '../../../../../src/adapters/dialects/mercure/tokens.ts';

const shown = (headers: Record<string, string>, query = '') =>
  tokenIn({ method: 'GET', path: '/', query, header: (name) => headers[name] });

describe('MER7: a token', () => {
  it('stands in the header, the query or a cookie, in this order', () => {
    const [authorization, cookie, query] = ['bearer one', 'a=b; mercureAuthorization=three; c', 'authorization=two'];
    expect(shown({ authorization, cookie }, query)).toEqual({ text: 'one', isCookie: false });
    expect(shown({ cookie }, query)).toEqual({ text: 'two', isCookie: false });
    expect(shown({ cookie })).toEqual({ text: 'three', isCookie: true });
  });

  it.each([
    {},
    { authorization: 'Basic x' },
    { authorization: 'Bearer ' },
    { authorization: 'Bearer a b' },
    { cookie: 'mercureAuthorization=' },
  ])('is not in %j', (headers) => expect(shown(headers as Record<string, string>, 'authorization=')).toBeUndefined());
});
