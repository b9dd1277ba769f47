import { describe, expect, it } from 'vitest';
import { mercureRoute, type MercurePolicy } from '../../../../../src/adapters/dialects/mercure/routes.ts';
import type { HttpResponse } from '../../../../../src/application/ports/http.ts';
import type { HttpAction, ValidToken } from '../../../../../src/application/ports/requests.ts';
import type { Page } from '../../../../../src/domain/origins.ts';
import type { Clearance } from '../../../../../src/domain/topic.ts';

const POLICY: MercurePolicy = {
  ...{ isOpen: false, isAnonymous: false, maxBodyBytes: 100, maxTopics: 3 },
  isOwnToken: (token) => token.includes('.'),
};

interface RequestOptions {
  readonly method?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly claims?: ValidToken['claims'] | undefined;
  readonly policy?: Partial<MercurePolicy>;
  readonly page?: Page;
  readonly expiresAt?: number;
  /** A9: whether there is a backend. */
  readonly hasBackend?: boolean;
}

/** The status of the response, or the final request to the broker. */
function resultOf(options: RequestOptions): HttpAction | number {
  return responseOf(options)?.status ?? lastAction(options);
}

function responseOf(options: RequestOptions): HttpResponse | undefined {
  const action = lastAction(options);
  return action.action === 'respond' ? action.response : undefined;
}

function lastAction({
  method = 'GET',
  query = '',
  headers = {},
  body = '',
  claims,
  policy = {},
  page = 'none',
  expiresAt = 1000,
  hasBackend = false,
}: RequestOptions): HttpAction {
  const route = mercureRoute({ ...POLICY, ...policy });
  let action = route.handle({ method, path: '/', query, header: (name) => headers[name] }, page);
  for (;;) {
    if (action.action === 'verify-token') action = action.then(claims && { type: undefined, claims, expiresAt });
    else if (action.action === 'ask-backend') action = hasBackend ? action.granted : action.otherwise;
    else if (action.action === 'read-body') action = action.then(Buffer.from(body));
    else return action;
  }
}

const bearer = { authorization: 'Bearer a.b.c' };
const publish = (more: RequestOptions) => resultOf({ method: 'POST', body: 'topic=a&data=x', ...more });

describe('subscribing', () => {
  it('MER2: requires a valid topic', () => {
    const policy = { isOpen: true };
    expect([
      resultOf({ policy }),
      resultOf({ policy, query: 'match_urlpattern=(' }),
      resultOf({ policy, query: 'topic=' }),
    ]).toEqual([400, 400, expect.objectContaining({ action: 'open-stream' })]);
  });

  it('MER6: reads names, templates and patterns', () => {
    const action = resultOf({ policy: { isOpen: true }, query: 'topic=a&topic=%2Fb%2F%7Bid%7D&match=*&match_urlpattern=/c/*' });
    const selectors = [
      { topic: 'a' },
      expect.objectContaining({ pattern: '/b/{id}' }),
      expect.objectContaining({ key: '*' }),
      expect.objectContaining({}),
    ];
    expect(action).toMatchObject({ connectRequest: { as: 'guest', key: undefined, presence: false, selectors } });
  });

  it('MER5: reads the last update from the header or the query', () => {
    const policy = { isOpen: true };
    const since = [
      resultOf({ policy, query: 'topic=a', headers: { 'last-event-id': '1' } }),
      resultOf({ policy, query: 'topic=a&lastEventID=2' }),
      resultOf({ policy, query: 'topic=a&last-event-id=3' }),
      resultOf({ policy, query: 'topic=a&last_event_id=4&lastEventID=5' }),
      resultOf({ policy, query: 'topic=a&last_event_id=4', headers: { 'last-event-id': '6' } }),
      resultOf({ policy, query: 'topic=a' }),
    ].map(
      (action) =>
        typeof action !== 'number' &&
        action.action === 'open-stream' &&
        'since' in action.connectRequest &&
        action.connectRequest.since,
    );
    expect(since).toEqual(['1', '2', '3', '4', '6', undefined]);
  });

  it('MER7: depends on the policy without a token: rejected, public updates, or all updates', () => {
    expect(resultOf({ query: 'topic=a' })).toBe(401);
    const cleared = [{ isAnonymous: true }, { isOpen: true }].map((policy) => clearance(resultOf({ query: 'topic=a', policy })));
    expect(cleared).toEqual([undefined, 'all']);
  });

  it('MER7: has the clearance of a valid token, and is rejected with an invalid one', () => {
    const claims = { mercure: { subscribe: ['a'] } };
    expect(clearance(resultOf({ query: 'topic=a', headers: bearer, claims }))).toEqual([{ topic: 'a' }]);
    expect(resultOf({ query: 'topic=a', headers: bearer, claims: undefined, policy: { isAnonymous: true } })).toBe(401);
  });
});

describe('publishing', () => {
  it('MER3: reads the update and its realm', () => {
    expect(publish({ policy: { isOpen: true }, query: 'key=red' })).toMatchObject({
      action: 'publish',
      key: 'red',
      draft: { topics: ['a'] },
    });
    expect(publish({ policy: { isOpen: true }, body: 'data=x' })).toBe(400);
  });

  it('MER7: requires a token that covers all topics', () => {
    expect(publish({ policy: { isAnonymous: true } })).toBe(401);
    const statuses = [undefined, {}, { mercure: { publish: ['b'] } }, { mercure: { publish: ['*'] } }].map((claims) =>
      publish({ headers: bearer, claims }),
    );
    expect(statuses).toEqual([401, 403, 403, expect.objectContaining({ action: 'publish' })]);
    expect(publish({ headers: bearer, claims: { mercure: { publish: ['a'] } }, body: 'topic=a&topic=b' })).toBe(403);
  });

  it('MER10: accepts a cookie only from a trusted page', () => {
    const claims = { mercure: { publish: ['*'] } };
    const of = (page: Page) => publish({ claims, page, headers: { cookie: 'mercureAuthorization=a.b.c' } });
    expect([of('none'), of('foreign')]).toEqual([403, 403]);
    for (const page of ['own', 'listed'] as const) expect(of(page)).toMatchObject({ action: 'publish' });
  });

  it('MER10: a stream rejects a cookie from an untrusted page, and accepts a header token from any page', () => {
    const [cookie, claims, query] = [{ cookie: 'mercureAuthorization=a.b.c' }, { mercure: { subscribe: ['*'] } }, 'topic=a'];
    const of = (page: Page, headers: Record<string, string>, policy = {}) => resultOf({ claims, page, query, headers, policy });
    expect([of('foreign', cookie), of('foreign', cookie, { isAnonymous: true })]).toEqual([403, 403]);
    for (const page of ['none', 'own', 'listed'] as const) expect(of(page, cookie)).toMatchObject({ action: 'open-stream' });
    expect(of('foreign', { ...cookie, ...bearer })).toMatchObject({ action: 'open-stream' });
  });

  it('MER12: a stream ends when its token expires', () => {
    const action = resultOf({ query: 'topic=a', headers: bearer, claims: {}, expiresAt: 77 });
    expect(action).toMatchObject({ connectRequest: { expiresAt: 77 } });
  });

  it('MER12: rejects a token that expires while the body arrives', () => {
    const head = { method: 'POST', path: '/', query: '', header: (name: string) => ({ authorization: 'Bearer a.b.c' })[name] };
    const first = mercureRoute(POLICY).handle(head, 'none');
    const valid = { type: undefined, claims: { mercure: { publish: ['*'] } }, expiresAt: 1 };
    const second = first.action === 'verify-token' ? first.then(valid) : first;
    const third = second.action === 'read-body' ? second.then(Buffer.from('topic=a')) : second;
    expect(third.action === 'verify-token' && third.then(undefined)).toMatchObject({ response: { status: 401 } });
  });

  it('RFC 6750: a rejection names the error of the token', () => {
    const challenge = (more: RequestOptions): string | undefined => {
      const response = responseOf({ query: 'topic=a', ...more });
      return response?.headers.find(([name]) => name === 'www-authenticate')?.[1];
    };
    expect([
      challenge({}),
      challenge({ headers: bearer }),
      challenge({ headers: { authorization: 'Bearer' } }),
      challenge({ method: 'POST', headers: bearer, claims: {} }),
    ]).toEqual([
      'Bearer realm="mercure"',
      'Bearer realm="mercure", error="invalid_token"',
      'Bearer realm="mercure", error="invalid_request"',
      'Bearer realm="mercure", error="insufficient_scope"',
    ]);
  });
});

function clearance(action: HttpAction | number): Clearance | undefined {
  if (typeof action === 'number' || action.action !== 'open-stream' || action.connectRequest.as !== 'guest') {
    throw new Error('expected a stream of a guest');
  }
  return action.connectRequest.clearance;
}

describe('A9: with a backend', () => {
  const [hasBackend, query] = [true, 'topic=a'];
  const unverified = (token?: string) => ({ clearance: 'all', backendCheck: { token, isVerified: false } });

  it('a client without a token, or with one of another kind, is one for the backend', () => {
    for (const policy of [{}, { isAnonymous: true }, { isOpen: true }]) {
      expect(resultOf({ query, policy, hasBackend })).toMatchObject({ connectRequest: unverified() });
      expect(publish({ policy, hasBackend })).toMatchObject({ backendCheck: { isVerified: false } });
    }
    const headers = { authorization: 'Bearer session' };
    expect(resultOf({ query, headers, hasBackend })).toMatchObject({ connectRequest: unverified('session') });
    expect(publish({ headers, hasBackend })).toMatchObject({ backendCheck: { token: 'session' } });
  });

  it('MER7: a JSON Web Token is verified here first, and a wrong one never reaches the backend', () => {
    const claims = { mercure: { subscribe: ['a'], publish: ['a'] } };
    const check = { token: 'a.b.c', isVerified: true };
    expect(resultOf({ query, headers: bearer, claims, hasBackend })).toMatchObject({
      connectRequest: { clearance: [{ topic: 'a' }], backendCheck: check },
    });
    expect(publish({ headers: bearer, claims, hasBackend })).toMatchObject({ backendCheck: check });
    expect([resultOf({ query, headers: bearer, hasBackend }), publish({ headers: bearer, hasBackend })]).toEqual([401, 401]);
  });

  it('MER10: no cookie of a foreign page reaches the backend', () => {
    const headers = { cookie: 'mercureAuthorization=session' };
    expect(resultOf({ query, headers, page: 'foreign', hasBackend })).toBe(403);
    expect(resultOf({ query, headers, page: 'listed', hasBackend })).toMatchObject({ connectRequest: unverified('session') });
  });
});
