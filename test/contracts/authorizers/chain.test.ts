import { backendContract, simpleSubject } from './backend-clauses.ts';
import { chainSubject, tokenChainSubject } from './backends.ts';
import { authorizerContract } from '../../../src/contracts/authorizers/contract.ts';
import { userContract } from '../../../src/contracts/authorizers/user-contract.ts';
import { describeContract } from '../../support/describe-contract.ts';

for (const [name, always] of [
  ['chain, clients without a token', false],
  ['chain, token and backend', true],
] as const) {
  describeContract(
    `authorizer: ${name}`,
    authorizerContract(() => simpleSubject(() => chainSubject(always))),
  );
  backendContract(name, () => chainSubject(always));
}
describeContract(
  'authorizer: chain, clients with a token',
  authorizerContract(() => simpleSubject(tokenChainSubject)),
);
describeContract('users of an authorizer: chain, clients with a token', userContract(tokenChainSubject));
