import { backendContract, simpleSubject } from './backend-clauses.ts';
import { functionSubject } from './backends.ts';
import { authorizerContract } from './contract.ts';

for (const [name, isSlow] of [
  ['function', false],
  ['function that awaits', true],
] as const) {
  authorizerContract(name, () => simpleSubject(() => functionSubject(isSlow)));
  backendContract(name, () => functionSubject(isSlow));
}
