import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestPeer } from '../../../../../src/testing/test-broker.ts';
import { ACT, AdminFixture, TOKEN, VIEWER } from '../../../../support/admin-fixture.ts';

const OPENAPI = JSON.parse(readFileSync(new URL('../../../../../docs/admin-openapi.json', import.meta.url), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly requestBody?: unknown }>>>>;
};
const ENDPOINTS = Object.entries(OPENAPI.paths).flatMap(([path, item]) =>
  Object.keys(item).map((method) => ({ method: method.toUpperCase(), path })),
);
const HEALTH = ['/healthz', '/readyz'];
const ACTS = ENDPOINTS.filter(({ method }) => method !== 'GET');
const LOOKS = ENDPOINTS.filter(({ method, path }) => method === 'GET' && !HEALTH.includes(path));
/** Ways to spell a request that could miss a check. */
const SPELLINGS: Readonly<Record<string, (path: string) => string>> = {
  'as documented': (path) => path,
  'with a query': (path) => `${path}?reason=x&_method=GET`,
  'percent-encoded': (path) => path.replace('peerjs', '%70eerjs').replace('id%3A', '%69d%3A'),
};

let admin: AdminFixture;
let ann: TestPeer;
beforeEach(async () => {
  admin = await new AdminFixture({ token: TOKEN, viewerToken: VIEWER }).start();
  ann = admin.broker.connectPeer('ann');
});
afterEach(() => admin.listener.stop());

/** The path of an endpoint, for Ann and a ban of Bob. */
function filled(path: string): string {
  return path.replace('{realm}', 'peerjs').replace('{id}', 'ann').replace('{ban}', 'id%3A*%2Fbob');
}

/** The state that an act may change. */
function state(): unknown {
  const { broker } = admin;
  const acts = broker.eventNames.filter((name) => name === 'operator-acted');
  return [broker.broker.operations.bans(), admin.drains, acts, ann.closeCode];
}

function headersOf(token: string | undefined, more = ACT): Record<string, string> {
  return { ...more, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
}

const BODY = JSON.stringify({ what: 'id', value: 'eve' });
/** The client of Node marks the length of a body only if it is told. */
const LENGTH = { 'content-length': String(BODY.length) };

describe('the roles of the admin listener, for each endpoint of docs/admin-openapi.json', () => {
  it('knows acts and look-ups', () => expect([ACTS.length >= 4, LOOKS.length >= 10]).toEqual([true, true]));

  describe.each(ACTS)('$method $path', ({ method, path }) => {
    it.each(Object.entries(SPELLINGS))('ADM10: is refused to a viewer, %s, by token and by session', async (_, spell) => {
      const login = await admin.ask('POST', '/login', { body: `token=${VIEWER}` });
      const cookie = login.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
      const before = state();
      const to = spell(filled(path));
      for (const headers of [headersOf(VIEWER), { ...headersOf(undefined), cookie }]) {
        for (const override of [{}, { 'x-http-method-override': 'GET' }]) {
          const asked = { headers: { ...headers, ...override, ...LENGTH }, body: BODY };
          expect(await admin.outcome(method, to, asked)).toEqual([403, 'viewer-may-not-act']);
        }
      }
      expect(state()).toEqual(before);
    });

    it('ADM10: is refused without a token', async () => {
      const before = state();
      expect(await admin.outcome(method, filled(path), { headers: { ...ACT, ...LENGTH }, body: BODY })).toEqual([
        401,
        'token-missing',
      ]);
      expect(state()).toEqual(before);
    });

    it('ADM11: is refused without the header of acts, from another origin, and from a page without one', async () => {
      const before = state();
      const attempts = [{}, { ...ACT, origin: 'https://evil.example' }, { ...ACT, origin: 'null' }];
      for (const headers of attempts) {
        const { status } = await admin.ask(method, filled(path), {
          headers: { ...headersOf(TOKEN, headers as never), ...LENGTH },
          body: BODY,
        });
        expect(status).toBe(403);
      }
      expect(state()).toEqual(before);
    });
  });

  it.each(LOOKS)('ADM10: $method $path is refused without a token, and does not send one back', async ({ path }) => {
    const answer = await admin.ask('GET', filled(path));
    expect(answer.status).toBe(401);
    expect(JSON.stringify(answer)).not.toMatch(new RegExp(`${TOKEN}|${VIEWER}`));
  });

  it.each([...new Set(ENDPOINTS.map(({ path }) => path))])('ADM11: OPTIONS %s allows no page of another site', async (path) => {
    const preflight = {
      ...{ origin: 'https://evil.example', 'access-control-request-method': 'DELETE' },
      'access-control-request-headers': 'x-signalbox-admin,authorization',
    };
    for (const token of [undefined, TOKEN]) {
      const answer = await admin.ask('OPTIONS', filled(path), { headers: headersOf(token, preflight as never) });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  it.each(['TRACE', 'PUT', 'PATCH', 'PROPFIND'])('ADM13: has no method %s', async (method) => {
    const before = state();
    for (const { path } of ENDPOINTS) {
      const { status } = await admin.ask(method, filled(path), { headers: headersOf(TOKEN) });
      expect([path, status >= 400]).toEqual([path, true]);
    }
    expect(state()).toEqual(before);
  });
});
