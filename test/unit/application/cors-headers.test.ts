import { expect, it } from 'vitest';
import { corsHeaders } from '../../../src/application/cors-headers.ts';
import type { HttpRequest } from '../../../src/application/ports/http.ts';
import type { HttpRoute } from '../../../src/application/ports/requests.ts';
import { originsFromList } from '../../../src/composition/origins.ts';

const PAGE = 'https://app.example.org';
const request: HttpRequest = {
  ...{ method: 'GET', path: '/', query: '', remoteAddress: '192.0.2.1' },
  header: (name) => (name === 'origin' ? PAGE : undefined),
};
const WITH_COOKIES = { methods: ['GET'], takesCookies: true } as unknown as HttpRoute;

it('H5, H6: names the origin of the page if it is allowed', () => {
  expect(corsHeaders(originsFromList([PAGE]), request, undefined)).toEqual([
    ['access-control-allow-origin', PAGE],
    ['vary', 'Origin'],
  ]);
  expect(corsHeaders(originsFromList(['https://other.example.org']), request, undefined)).toEqual([['vary', 'Origin']]);
  expect(corsHeaders({ allow: 'silent' }, request, undefined)).toEqual([]);
});

it('MER10: allows credentials for listed origins on routes that take cookies', () => {
  const credentials = ['access-control-allow-credentials', 'true'];
  expect(corsHeaders(originsFromList([PAGE]), request, WITH_COOKIES)).toContainEqual(credentials);
  for (const origins of [originsFromList([]), originsFromList(['*'])]) {
    expect(corsHeaders(origins, request, WITH_COOKIES)).not.toContainEqual(credentials);
  }
});
