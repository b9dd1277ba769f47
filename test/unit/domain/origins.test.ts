import { describe, expect, it } from 'vitest';
import { mayOpenSocket, pageOf, allowedOrigin, type OriginPolicy } from '../../../src/domain/origins.ts';

const asking = (origin: string | undefined, host: string | undefined) => ({
  header: (name: 'origin' | 'host') => (name === 'origin' ? origin : host),
});
const LISTED: OriginPolicy = { allow: 'listed', isListed: (origin) => origin === 'https://a.test' };

describe('web origins', () => {
  it('H5, H6: each policy tells a page what it may read', () => {
    const told = (['echoed', 'any', 'silent'] as const).map((allow) => allowedOrigin({ allow }, 'https://x.test'));
    expect(told).toEqual(['https://x.test', '*', undefined]);
    expect(['https://a.test', 'https://x.test'].map((origin) => allowedOrigin(LISTED, origin))).toEqual([
      'https://a.test',
      undefined,
    ]);
  });

  it('H6: what sends no origin is told none', () => {
    expect([allowedOrigin({ allow: 'echoed' }, undefined), allowedOrigin(LISTED, undefined)]).toEqual([undefined, undefined]);
  });

  it('O10: where origins are listed, a page of another may not open a socket', () => {
    expect(
      ['https://a.test', 'https://evil.test', undefined].map((origin) => mayOpenSocket(LISTED, asking(origin, 'broker.test'))),
    ).toEqual([true, false, true]);
  });

  it('O10: a page of the broker’s own host may, one whose host ends alike may not', () => {
    expect(mayOpenSocket(LISTED, asking('https://broker.test', 'broker.test'))).toBe(true);
    expect(mayOpenSocket(LISTED, asking('https://evil-broker.test', 'broker.test'))).toBe(false);
    expect(mayOpenSocket(LISTED, asking('https://broker.test', undefined))).toBe(false);
  });

  it('O10: without a list everybody may', () => {
    expect(
      (['echoed', 'any', 'silent'] as const).map((allow) => mayOpenSocket({ allow }, asking('https://x.test', 'b'))),
    ).toEqual([true, true, true]);
  });
});

describe('MER10: a page', () => {
  const from = (headers: Record<string, string>, policy: OriginPolicy = LISTED) =>
    pageOf(policy, { header: (name) => headers[name] });

  it('is listed, or foreign; without an origin it is none, unless the browser says that it is of another site', () => {
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
