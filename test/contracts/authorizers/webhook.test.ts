import { backendContract, simpleSubject } from './backend-clauses.ts';
import { webhookSubject } from './backends.ts';
import { authorizerContract } from './contract.ts';

authorizerContract('webhook', () => simpleSubject(webhookSubject));
backendContract('webhook', webhookSubject);
