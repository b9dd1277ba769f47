import { OpenAuthorizer } from '../../../src/adapters/authorizers/open.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { authorizerContract, REQUEST } from '../../../src/contracts/authorizers/contract.ts';
import { userContract } from '../../../src/contracts/authorizers/user-contract.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract(
  'authorizer: open',
  authorizerContract(() => ({ authorizer: new OpenAuthorizer(), token: 'any', settle: () => Promise.resolve() })),
);

describeContract(
  'users of an authorizer: open',
  userContract(() => ({
    authorizer: new OpenAuthorizer(),
    request: (user) => ({ ...REQUEST, token: user }),
    ...{ lifetime: NEVER, advance: () => undefined, hasOwners: false },
  })),
);
