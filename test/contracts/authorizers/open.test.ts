import { OpenAuthorizer } from '../../../src/adapters/authorizers/open.ts';
import { authorizerContract } from './contract.ts';

authorizerContract('open', () => ({ authorizer: new OpenAuthorizer(), token: 'any', settle: () => Promise.resolve() }));
