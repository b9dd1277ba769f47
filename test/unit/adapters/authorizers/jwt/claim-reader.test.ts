import { describe, expect, it } from 'vitest';
import { ClaimReader } from '../../../../../src/adapters/authorizers/jwt/claim-reader.ts';

describe('A2: a claim', () => {
  it('that is missing is undefined, and sound', () => {
    const reader = new ClaimReader();
    const read = [
      reader.name(undefined),
      reader.flag(undefined),
      reader.rate(undefined),
      reader.patterns(undefined),
      reader.topics(undefined),
    ];
    expect([read, reader.isSound]).toEqual([Array.from({ length: 5 }, () => undefined), true]);
  });

  it('of an unexpected type makes the token unsound for good', () => {
    const reader = new ClaimReader();
    expect([reader.flag('yes'), reader.flag(true), reader.isSound]).toEqual([undefined, true, false]);
  });

  it('has topics by name and by prefix', () => {
    const topics = new ClaimReader().topics({ publish: ['a', 'b*'], subscribe: '*' });
    expect(topics).toEqual({ publish: ['a', 'b*'], subscribe: ['*'] });
  });
});
