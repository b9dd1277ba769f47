import { backendContract, simpleSubject } from './backend-clauses.ts';
import { chainSubject, tokenChainSubject } from './backends.ts';
import { authorizerContract } from './contract.ts';
import { userContract } from './user-contract.ts';

for (const [name, always] of [
  ['chain, clients without a token', false],
  ['chain, token and backend', true],
] as const) {
  authorizerContract(name, () => simpleSubject(() => chainSubject(always)));
  backendContract(name, () => chainSubject(always));
}
authorizerContract('chain, clients with a token', () => simpleSubject(tokenChainSubject));
userContract('chain, clients with a token', tokenChainSubject);
