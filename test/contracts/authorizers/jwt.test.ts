import { authorizerContract, type AuthorizerSubject } from '../../../src/contracts/authorizers/contract.ts';
import { jwtSubject } from './jwt.ts';
import { userContract, type UserSubject } from '../../../src/contracts/authorizers/user-contract.ts';
import { describeContract } from '../../support/describe-contract.ts';

const VARIANTS = {
  required: () => jwtSubject(),
  optional: () => jwtSubject({ isRequired: false }),
  'kept at expiry': () => jwtSubject({ endsAtExpiry: false }),
} as const;

const settled = (): Promise<void> => Promise.resolve();
const simple = ({ authorizer, request }: UserSubject): AuthorizerSubject => {
  return { authorizer, token: request('ann').token ?? '', settle: settled };
};

for (const [name, start] of Object.entries(VARIANTS)) {
  describeContract(
    `authorizer: jwt, ${name}`,
    authorizerContract(() => simple(start())),
  );
  describeContract(`users of an authorizer: jwt, ${name}`, userContract(start));
}
