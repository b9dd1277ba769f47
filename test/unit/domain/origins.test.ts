import { describe, expect, it } from 'vitest';
import { allowedOrigin, mayOpenSocket, pageOf, type OriginPolicy } from '../../../src/domain/origins.ts';

const request = (origin: string | undefined, host: string | undefined) => ({
  header: (name: 'origin' | 'host' | 'sec-fetch-site') => ({ origin, host, 'sec-fetch-site': undefined })[name],
});
const LISTED: OriginPolicy = { allow: 'listed', isListed: (origin) => origin === 'https://a.test' };

describe('web origins', () => {
  it('H5, H6: each policy sets the allowed origin of a response', () => {
    const allowed = (['echoed', 'any', 'silent'] as const).map((allow) => allowedOrigin({ allow }, 'https://x.test'));
    expect(allowed).toEqual(['https://x.test', '*', undefined]);
    expect(['https://a.test', 'https://x.test'].map((origin) => allowedOrigin(LISTED, origin))).toEqual([
      'https://a.test',
      undefined,
    ]);
  });

  it('H6: a request without an origin gets no header', () => {
    expect([allowedOrigin({ allow: 'echoed' }, undefined), allowedOrigin(LISTED, undefined)]).toEqual([undefined, undefined]);
  });

  it('O10: with a list of origins, a page of an unlisted origin may not open a socket', () => {
    expect(
      ['https://a.test', 'https://evil.test', undefined].map((origin) => mayOpenSocket(LISTED, request(origin, 'broker.test'))),
    ).toEqual([true, false, true]);
  });

  it.each([
    ['http://127.0.0.1:9000', '127.0.0.1:9000', true],
    ['https://[::1]', '[::1]', true],
    ['http://localhost:9000', 'localhost:9000', true],
    ['http://localhost:9001', 'localhost:9000', false],
    ['https://rebound.test', 'rebound.test', false],
    ['https://localhost.rebound.test', 'localhost.rebound.test', false],
    ['https://a.test', 'a.test', true],
    ['https://localhost', undefined, false],
  ])('O10: a page of %s may open a socket at the host %s: %s, because any name can lead to the broker', (origin, host, may) => {
    expect(mayOpenSocket(LISTED, request(origin, host))).toBe(may);
  });

  it('O10: a cross-site request without an origin is foreign', () => {
    const request = { header: (name: string) => (name === 'sec-fetch-site' ? 'cross-site' : undefined) };
    expect([mayOpenSocket(LISTED, request), mayOpenSocket({ allow: 'echoed' }, request)]).toEqual([false, true]);
  });

  it('O10: without a list, every page may open a socket', () => {
    expect(
      (['echoed', 'any', 'silent'] as const).map((allow) => mayOpenSocket({ allow }, request('https://x.test', 'b'))),
    ).toEqual([true, true, true]);
  });
});

describe('MER10: pageOf', () => {
  const from = (headers: Record<string, string>, policy: OriginPolicy = LISTED) =>
    pageOf(policy, { header: (name) => headers[name] });

  it('returns listed or foreign; none without an origin, unless the browser reports a cross-site request', () => {
    expect([
      from({ origin: 'https://a.test' }),
      from({ origin: 'https://x.test' }),
      from({}),
      from({ 'sec-fetch-site': 'cross-site' }),
    ]).toEqual(['listed', 'foreign', 'none', 'foreign']);
    for (const allow of ['echoed', 'any', 'silent'] as const) {
      expect(from({ origin: 'https://a.test' }, { allow })).toBe('foreign');
    }
  });

  it.each([
    ['http://127.0.0.1:9000', '127.0.0.1:9000', 'own'],
    ['https://[::1]:9000', '[::1]:9000', 'own'],
    ['http://localhost:9000', 'localhost:9000', 'own'],
    ['http://hub.localhost', 'hub.localhost', 'own'],
    ['http://localhost:9001', 'localhost:9000', 'foreign'],
    ['ftp://localhost', 'localhost', 'foreign'],
    ['http://evil.test', 'evil.test', 'foreign'],
    ['http://127.0.0.1.evil.test', '127.0.0.1.evil.test', 'foreign'],
    ['http://evillocalhost', 'evillocalhost', 'foreign'],
    ['null', '', 'foreign'],
  ])('of %s at the host %s is %s', (origin, host, page) => expect(from({ origin, host }, { allow: 'echoed' })).toBe(page));
});
