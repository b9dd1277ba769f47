import { expect, it } from 'vitest';
import { claimsIn } from '../../../../../src/adapters/dialects/mercure/claims.ts';

it('MER7: reads what may be published and heard', () => {
  expect(claimsIn({ mercure: { publish: ['*'], subscribe: [] } })).toEqual({ publish: ['*'], subscribe: [] });
});

it.each([undefined, null, 5, 'mercure', {}, { mercure: null }, { mercure: [] }, { mercure: { publish: '*', subscribe: [1] } }])(
  'MER7: %j says nothing',
  (payload) => expect(claimsIn(payload)).toEqual({ publish: undefined, subscribe: undefined }),
);
