import { expect, it } from 'vitest';
import { BackendAccess, NO_BACKEND } from '../../../src/application/backend-access.ts';
import { ScriptedAuthorizer } from '../../support/scripted-authorizer.ts';

const [VERIFIED, UNVERIFIED] = [true, false].map((isVerified) => ({ token: 't', isVerified }));

it('A9: asks the backend about clients that no dialect has verified, and about others only with auth_url_always', () => {
  const authorizer = new ScriptedAuthorizer();
  const asked = (always: boolean): unknown[] => {
    const access = new BackendAccess({ authorizer, always });
    return [VERIFIED, UNVERIFIED, undefined].map((check) => access.authorizerFor(check) === authorizer);
  };
  expect([asked(false), asked(true)]).toEqual([
    [false, true, false],
    [true, true, false],
  ]);
});

it('A9: has no one to ask without a backend', () => {
  const access = new BackendAccess({ authorizer: undefined, always: true });
  expect([access.exists, access.authorizerFor(UNVERIFIED)]).toEqual([false, undefined]);
  NO_BACKEND.authorize({} as never, (outcome) => expect(outcome).toMatchObject({ refusal: { reason: 'token-missing' } }));
});
