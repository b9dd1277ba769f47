import { createVerifier } from 'fast-jwt';
import { describe, expect, it } from 'vitest';
import { createToken } from '../../../conformance/token.ts';

describe('a token of the suite', () => {
  const verify = createVerifier({ key: 'secret', algorithms: ['HS256'] });

  it('MER7: holds for whoever knows the secret, and says what it was made to say', () => {
    expect(verify(createToken('secret', { publish: ['a'] }))).toMatchObject({ mercure: { publish: ['a'] } });
  });

  it('MER7: does not hold with another secret, unsigned, or after its time', () => {
    expect(() => verify(createToken('other', {})) as unknown).toThrow();
    expect(() => verify(createToken('secret', {}, { algorithm: 'none' })) as unknown).toThrow();
    expect(() => verify(createToken('secret', {}, { expires: 1 })) as unknown).toThrow();
  });
});
