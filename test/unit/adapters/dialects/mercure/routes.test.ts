import { describe, expect, it } from 'vitest';
import { mercureRoute, type MercurePolicy } from '../../../../../src/adapters/dialects/mercure/routes.ts';
import type { HttpAsk, ValidToken } from '../../../../../src/application/ports/requests.ts';

const POLICY: MercurePolicy = { isOpen: false, isAnonymous: false, origins: ['https://a.test'], maxBodyBytes: 100 };

interface Asking {
  readonly method?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly claims?: ValidToken['claims'] | undefined;
  readonly policy?: Partial<MercurePolicy>;
}

/** What it comes to: a status, or the ask. */
function asked({ method = 'GET', query = '', headers = {}, body = '', claims, policy = {} }: Asking): HttpAsk | number {
  const route = mercureRoute({ ...POLICY, ...policy });
  let ask = route.ask({ method, path: '/', query, header: (name) => headers[name] });
  for (;;) {
    if (ask.ask === 'verify') ask = ask.then(claims && { type: undefined, claims, expiresAt: 1000 });
    else if (ask.ask === 'read-body') ask = ask.then(Buffer.from(body));
    else return ask.ask === 'answer' ? ask.response.status : ask;
  }
}

const bearer = { authorization: 'Bearer a.b.c' };
const publishing = (more: Asking) => asked({ method: 'POST', body: 'topic=a&data=x', ...more });

describe('subscribing', () => {
  it('MER2: needs a topic that can be understood', () => {
    const policy = { isOpen: true };
    expect([asked({ policy }), asked({ policy, query: 'match_urlpattern=(' }), asked({ policy, query: 'topic=' })]).toEqual([
      400,
      400,
      expect.objectContaining({ ask: 'open-stream' }),
    ]);
  });

  it('MER6: joins names, templates and patterns', () => {
    const ask = asked({ policy: { isOpen: true }, query: 'topic=a&topic=%2Fb%2F%7Bid%7D&match=*&match_urlpattern=/c/*' });
    const joins = [{ topic: 'a' }, expect.objectContaining({ pattern: '/b/{id}' }), { topic: '*' }, expect.objectContaining({})];
    expect(ask).toMatchObject({ introduction: { as: 'guest', key: undefined, presence: false, joins } });
  });

  it('MER5: says what it knows, in the header or the query', () => {
    const policy = { isOpen: true };
    const since = [
      asked({ policy, query: 'topic=a', headers: { 'last-event-id': '1' } }),
      asked({ policy, query: 'topic=a&lastEventID=2' }),
      asked({ policy, query: 'topic=a&last-event-id=3' }),
      asked({ policy, query: 'topic=a' }),
    ].map((ask) => typeof ask !== 'number' && ask.ask === 'open-stream' && 'since' in ask.introduction && ask.introduction.since);
    expect(since).toEqual(['1', '2', '3', undefined]);
  });

  it('MER7: without a token is refused, or hears what is public, or everything', () => {
    expect(asked({ query: 'topic=a' })).toBe(401);
    const cleared = [{ isAnonymous: true }, { isOpen: true }].map((policy) =>
      clearance(asked({ query: 'topic=a', policy }))?.('a'),
    );
    expect(cleared).toEqual([undefined, true]);
  });

  it('MER7: with a token hears what it covers; with one that does not hold, nothing', () => {
    const claims = { mercure: { subscribe: ['a'] } };
    const isCleared = clearance(asked({ query: 'topic=a', headers: bearer, claims }));
    expect([isCleared?.('a'), isCleared?.('b')]).toEqual([true, false]);
    expect(asked({ query: 'topic=a', headers: bearer, claims: undefined, policy: { isAnonymous: true } })).toBe(401);
  });
});

describe('publishing', () => {
  it('MER3: says what, and in which realm', () => {
    expect(publishing({ policy: { isOpen: true }, query: 'key=red' })).toMatchObject({
      ask: 'publish',
      key: 'red',
      draft: { topics: ['a'] },
    });
    expect(publishing({ policy: { isOpen: true }, body: 'data=x' })).toBe(400);
  });

  it('MER7: needs a token that covers all names of the topic', () => {
    expect(publishing({ policy: { isAnonymous: true } })).toBe(401);
    const statuses = [undefined, {}, { mercure: { publish: ['b'] } }, { mercure: { publish: ['*'] } }].map((claims) =>
      publishing({ headers: bearer, claims }),
    );
    expect(statuses).toEqual([401, 403, 403, expect.objectContaining({ ask: 'publish' })]);
    expect(publishing({ headers: bearer, claims: { mercure: { publish: ['a'] } }, body: 'topic=a&topic=b' })).toBe(403);
  });

  it('MER7: a cookie counts only from pages that are trusted', () => {
    const claims = { mercure: { publish: ['*'] } };
    const cookie = 'mercureAuthorization=a.b.c';
    const of = (headers: Record<string, string>) => publishing({ claims, headers: { cookie, ...headers } });
    expect([of({}), of({ origin: 'https://b.test' }), of({ origin: 'https://b.test', host: 'a.test' })]).toEqual([403, 403, 403]);
    for (const headers of [{ origin: 'https://a.test' }, { origin: 'https://b.test', host: 'b.test' }]) {
      expect(of(headers)).toMatchObject({ ask: 'publish' });
    }
  });
});

function clearance(ask: HttpAsk | number): ((topic: string) => boolean) | undefined {
  if (typeof ask === 'number' || ask.ask !== 'open-stream' || ask.introduction.as !== 'guest') {
    throw new Error('it opens a stream');
  }
  return ask.introduction.isCleared;
}
