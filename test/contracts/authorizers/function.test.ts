import { backendContract, simpleSubject } from './backend-clauses.ts';
import { functionSubject } from './backends.ts';
import { authorizerContract } from '../../../src/contracts/authorizers/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';

for (const [name, isSlow] of [
  ['function', false],
  ['function that awaits', true],
] as const) {
  describeContract(
    `authorizer: ${name}`,
    authorizerContract(() => simpleSubject(() => functionSubject(isSlow))),
  );
  backendContract(name, () => functionSubject(isSlow));
}
