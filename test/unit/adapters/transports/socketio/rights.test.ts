import { expect, it } from 'vitest';
import { rightsOf, type Authorize, type Rights } from '../../../../../src/adapters/transports/socketio/rights.ts';
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
  const rights = ['good', undefined, 'bad', 'bad'].map((token) => rightsOf({ authorize, gateway }, '192.0.2.1', token));
  expect(rights).toEqual([RIGHTS, undefined, undefined, 'over-limit']);
  expect(reported).toEqual([
    ['192.0.2.1', FORGED],
    ['192.0.2.1', FORGED],
  ]);
});
