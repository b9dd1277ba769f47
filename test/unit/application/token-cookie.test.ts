import { expect, it } from 'vitest';
import { cookieToken } from '../../../src/application/token-cookie.ts';
import type { OriginPolicy } from '../../../src/domain/origins.ts';

const ORIGIN = 'https://app.example.org';
const LISTED: OriginPolicy = { allow: 'listed', isListed: (origin) => origin === ORIGIN };

function tokenOf(cookie: string | undefined, origin: string | undefined = ORIGIN, policy: OriginPolicy = LISTED): unknown {
  const headers: Record<string, string | undefined> = { cookie, origin, host: 'hub.example.org' };
  return cookieToken(policy, { header: (name) => headers[name] });
}

it('A12: reads the token of a cookie, that of the secure name first', () => {
  expect(tokenOf('a=b; signalbox_token=x.y.z; c=d')).toBe('x.y.z');
  expect(tokenOf('signalbox_token=one; __Secure-signalbox_token=two')).toBe('two');
  expect(tokenOf('signalbox_token=one; signalbox_token=two')).toBe('one');
  expect([tokenOf(undefined), tokenOf(''), tokenOf('signalbox_token='), tokenOf('my_signalbox_token=x')]).toEqual(
    Array.from({ length: 4 }, () => undefined),
  );
});

it('A12: accepts no cookie from a page that cors does not list, nor without a list or an origin', () => {
  const cookie = 'signalbox_token=x';
  expect([tokenOf(cookie, 'https://evil.example'), tokenOf(cookie, ORIGIN, { allow: 'echoed' })]).toEqual([undefined, undefined]);
  const own = { cookie, host: 'localhost', origin: 'http://localhost' } as Record<string, string | undefined>;
  expect(cookieToken(LISTED, { header: (name) => own[name] })).toBeUndefined();
  expect(cookieToken(LISTED, { header: (name) => (name === 'cookie' ? cookie : undefined) })).toBeUndefined();
});
