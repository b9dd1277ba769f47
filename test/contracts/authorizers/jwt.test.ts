import { authorizerContract, type AuthorizerSubject } from './contract.ts';
import { jwtSubject } from './jwt.ts';
import { userContract, type UserSubject } from './user-contract.ts';

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
  authorizerContract(`jwt, ${name}`, () => simple(start()));
  userContract(`jwt, ${name}`, start);
}
