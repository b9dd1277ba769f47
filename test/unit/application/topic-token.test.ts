import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { verifyTopicToken, withTopicRights } from '../../../src/application/topic-token.ts';
import type { RegistrationRequest } from '../../../src/application/ports/requests.ts';
import type { TopicAccess } from '../../../src/application/ports/topic-access.ts';
import { AuthFailures } from '../../../src/domain/auth-failures.ts';

const RIGHTS = { maySubscribe: true, mayPublish: () => false, clearance: 'all', expiresAt: 9 } as const;
const GUEST = { as: 'guest', hasTopicToken: true, key: 'a', token: 't', selectors: [], presence: false } as const;

function parts(topicAccess: TopicAccess) {
  return {
    topicAccess,
    authFailures: new AuthFailures({ failuresPerWindow: 1, failureWindow: 1000 }, 0),
    clock: new ManualClock(),
  };
}

describe('the token of a guest', () => {
  it('MER7: gives the guest the rights of the token', () => {
    const { mayPublish, maySubscribe } = RIGHTS;
    const request = withTopicRights(
      parts(() => RIGHTS),
      GUEST,
      { address: '::1' },
    );
    expect(request).toMatchObject({ isAuthorized: true, clearance: 'all', expiresAt: 9, permissions: { maySubscribe } });
    expect(request).toHaveProperty('permissions.mayPublish', mayPublish);
  });

  it('A1: is left to the authorizer where Mercure has no tokens', () => {
    const access = parts(() => ({ ...RIGHTS, needsAccess: true }));
    expect(withTopicRights(access, GUEST, undefined)).toEqual({ ...GUEST, backendCheck: { token: 't', isVerified: false } });
    const { token: _, ...without } = GUEST;
    expect(withTopicRights(access, without, undefined)).toEqual({ ...without, backendCheck: undefined });
  });

  it('is not verified for other clients', () => {
    const others: RegistrationRequest[] = [
      { as: 'guest', key: 'a', selectors: [], presence: false },
      { as: 'peer', key: 'a', id: 'ann', token: 't' },
    ];
    expect(
      others.map((one) =>
        withTopicRights(
          parts(() => undefined),
          one,
          undefined,
        ),
      ),
    ).toEqual(others);
  });

  it('A8: counts a failed check for the address, and no missing token', () => {
    const refusing = parts((token, onRefused) => {
      if (token !== undefined) onRefused?.({ reason: 'token-invalid', detail: 'signature' });
      return undefined;
    });
    expect(verifyTopicToken(refusing, undefined, '::1')).toEqual({ ok: false, refusal: { reason: 'token-missing' } });
    expect(refusing.authFailures.waitFor('::1', 0)).toBe(0);
    expect(withTopicRights(refusing, GUEST, { address: '::1' })).toMatchObject({ refused: { reason: 'token-invalid' } });
    expect(refusing.authFailures.waitFor('::1', 0)).toBeGreaterThan(0);
  });
});
