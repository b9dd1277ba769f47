import { describe, expect, it } from 'vitest';
import { AuthFailures } from '../../../src/domain/auth-failures.ts';
import type { AccessRefusal } from '../../../src/domain/refusal.ts';

const WRONG: AccessRefusal = { reason: 'token-invalid', detail: 'signature' };

function failuresOf(address: string, count: number, failuresPerWindow = 3): AuthFailures {
  const failures = new AuthFailures({ failuresPerWindow, failureWindow: 1_000 }, 0);
  for (let n = 0; n < count; n++) failures.refused(address, WRONG, 100);
  return failures;
}

describe('AuthFailures', () => {
  it('A8: gives the time until the next window to an address at the limit, and 0 below it', () => {
    expect([2, 3, 4].map((count) => failuresOf('a', count).waitFor('a', 400))).toEqual([0, 600, 600]);
  });

  it('A8: a look-up does not count', () => {
    const failures = failuresOf('a', 2);
    for (let n = 0; n < 5; n++) expect(failures.waitFor('a', 200)).toBe(0);
  });

  it('A8: counts each address on its own, and the addresses of a /64 as one', () => {
    const failures = failuresOf('2001:db8::1', 3);
    expect([failures.waitFor('2001:db8::2', 200), failures.waitFor('192.0.2.1', 200)]).toEqual([800, 0]);
  });

  it('A8: a new window begins with no failures', () => {
    const failures = failuresOf('a', 3);
    expect(failures.waitFor('a', 1_000)).toBe(0);
    failures.refused('a', WRONG, 1_100);
    expect(failures.waitFor('a', 1_200)).toBe(0);
  });

  it('A8: does not count unreachable authorizers, and tokens for another time', () => {
    const failures = new AuthFailures({ failuresPerWindow: 1, failureWindow: 1_000 }, 0);
    for (const reason of ['authorizer-unreachable', 'token-expired', 'token-early'] as const) {
      failures.refused('a', { reason }, 0);
    }
    expect(failures.waitFor('a', 0)).toBe(0);
    failures.refused('a', { reason: 'not-admitted', message: 'Sign in' }, 0);
    expect(failures.waitFor('a', 0)).toBe(1_000);
  });

  it('A8: is unlimited with 0', () => expect(failuresOf('a', 99, 0).waitFor('a', 200)).toBe(0));

  it('A8: counts 65,536 addresses in a window, and does not limit further addresses', () => {
    const failures = new AuthFailures({ failuresPerWindow: 1, failureWindow: 1_000 }, 0);
    for (let n = 0; n <= 65_536; n++) failures.refused(`address ${n}`, WRONG, 0);
    expect(['address 0', 'address 65535', 'address 65536'].map((one) => failures.waitFor(one, 0))).toEqual([1_000, 1_000, 0]);
  });
});
