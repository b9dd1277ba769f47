import { OpenAuthorizer } from '../../../src/adapters/authorizers/open.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { authorizerContract, REQUEST } from './contract.ts';
import { userContract } from './user-contract.ts';

authorizerContract('open', () => ({ authorizer: new OpenAuthorizer(), token: 'any', settle: () => Promise.resolve() }));

userContract('open', () => ({
  authorizer: new OpenAuthorizer(),
  request: (user) => ({ ...REQUEST, token: user }),
  ...{ lifetime: NEVER, advance: () => undefined, hasOwners: false },
}));
