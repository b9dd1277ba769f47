import { expect, it } from 'vitest';
import { descriptionOf, headersOf, NO_HEADERS, tokenOf } from '../../../src/application/request-headers.ts';

it('A2: reads the named headers that the client sent', () => {
  const header = (name: string): string | undefined => ({ cookie: 'a=b', 'user-agent': '' })[name];
  expect(headersOf({ header }, ['cookie', 'user-agent', 'authorization'])).toEqual({ cookie: 'a=b', 'user-agent': '' });
  expect(headersOf({ header }, [])).toBe(NO_HEADERS);
});

it.each([
  ['Bearer jwt', 'jwt'],
  ['bearer  jwt ', 'jwt'],
  ['Bearer', 'own'],
  ['Bearer two words', 'own'],
  ['Basic jwt', 'own'],
  ['', 'own'],
])('A2: the token of the header %j takes precedence', (authorization, token) => {
  expect(tokenOf({ authorization }, 'own')).toBe(token);
});

it('DOC1: describes a request by its own headers', () => {
  const header = (name: string): string | undefined => ({ host: 'a.example', upgrade: 'websocket' })[name];
  const request = { method: 'GET', path: '/', query: '', remoteAddress: '192.0.2.9', header };
  expect(descriptionOf(request, '192.0.2.1')).toMatchObject({
    kind: 'request-description',
    seen: { address: '192.0.2.1', remoteAddress: '192.0.2.9', host: 'a.example', upgrade: 'websocket', origin: undefined },
  });
});
