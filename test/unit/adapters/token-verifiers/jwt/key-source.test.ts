import { expect, it } from 'vitest';
import { FixedKeys, type FoundKeys } from '../../../../../src/adapters/token-verifiers/jwt/key-source.ts';
import { signatureKey } from '../../../../../src/adapters/token-verifiers/jwt/signature-key.ts';
import { SECRET } from '../../../../support/tokens.ts';

it('A2: configured keys are found at once, with any kid', () => {
  const keys = [signatureKey({ key: SECRET, algorithms: ['HS256'] })];
  const found: FoundKeys[] = [];
  new FixedKeys(keys).find({ kid: 'any', alg: 'RS256' }, (one) => found.push(one));
  expect(found).toEqual([keys]);
});
