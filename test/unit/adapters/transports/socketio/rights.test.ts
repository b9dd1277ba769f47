import { expect, it } from 'vitest';
import {
  connectRequestOf,
  rightsOf,
  type Authorize,
  type DescribeRefusal,
  type Rights,
} from '../../../../../src/adapters/transports/socketio/rights.ts';
import type { AccessRefusal } from '../../../../../src/domain/refusal.ts';
import { NEVER } from '../../../../../src/domain/time.ts';

const RIGHTS: Rights = { maySubscribe: true, clearance: [], expiresAt: NEVER, mayPublish: () => false };
const FORGED: AccessRefusal = { reason: 'token-invalid', detail: 'signature' };

const authorize: Authorize = (token, onRefused) => {
  if (token === 'good') return RIGHTS;
  if (token !== undefined) onRefused(FORGED);
  return undefined;
};

it('A8: reports a refused token with the address of its client, and whether further tokens may be verified', () => {
  const reported: unknown[] = [];
  const gateway = { tokenRefused: (...refused: unknown[]) => reported.push(refused) < 2 };
  const describeRefusal: DescribeRefusal = ({ reason }) => ({ text: reason, code: 4401 });
  const parts = { authorize, gateway, describeRefusal };
  const rights = ['good', undefined, 'bad', 'bad'].map((token) => rightsOf(parts, '192.0.2.1', token));
  const tooMany = { text: 'Too many failed authentications from this address', code: 1008, ends: true };
  expect(rights).toEqual([
    RIGHTS,
    { text: 'token-missing', code: 4401, ends: false },
    { text: 'token-invalid', code: 4401, ends: false },
    tooMany,
  ]);
  expect(reported).toEqual([
    ['192.0.2.1', FORGED],
    ['192.0.2.1', FORGED],
  ]);
});

it('A2, SIO10: the token of a CONNECT packet is the one that is verified, also beside a header of the handshake', () => {
  const request = { as: 'guest', isAuthorized: true, key: undefined, selectors: [], presence: false } as const;
  const { isAuthorized: _, ...unverified } = request;
  const [clearance, expiresAt] = [[], NEVER];
  expect(connectRequestOf(request, { ...RIGHTS, needsAccess: true }, 'own')).toEqual({
    ...{ ...unverified, clearance, expiresAt },
    backendCheck: { token: 'own', isVerified: false },
  });
  expect(connectRequestOf(request, RIGHTS, 'own')).toEqual({ ...request, clearance, expiresAt });
});
