import { backendContract, simpleSubject } from './backend-clauses.ts';
import { webhookSubject } from './backends.ts';
import { authorizerContract } from '../../../src/contracts/authorizers/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';

describeContract(
  'authorizer: webhook',
  authorizerContract(() => simpleSubject(webhookSubject)),
);
backendContract('webhook', webhookSubject);
