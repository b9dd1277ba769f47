import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../../src/adapters/admin-listeners/http/api.ts';
import { matchRoute } from '../../../../../src/adapters/admin-listeners/http/match-route.ts';
import { json } from '../../../../../src/adapters/admin-listeners/http/problems.ts';

const ROUTES: readonly Route[] = [
  { path: '/a', methods: { GET: () => json(1) } },
  { path: '/a/*/b/*', methods: { GET: () => json(2), DELETE: () => json(3) } },
];

describe('matching a route', () => {
  it('decodes the variable segments', () => {
    expect(matchRoute(ROUTES, 'DELETE', '/a/x%2Fy/b/%C3%A9').segments).toEqual(['x/y', 'é']);
    expect(matchRoute(ROUTES, 'GET', '/a').segments).toEqual([]);
  });

  it.each([
    ['GET', '/b', 404],
    ['GET', '/a/', 404],
    ['GET', '/a/x/c/y', 404],
    ['POST', '/a/x/b/y', 405],
    ['toString', '/a', 405],
    ['GET', '/a/%/b/y', 400],
  ])('ADM13: refuses %s %s with %i', (method, path, status) => {
    expect(() => matchRoute(ROUTES, method, path)).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ status }) }),
    );
  });
});
