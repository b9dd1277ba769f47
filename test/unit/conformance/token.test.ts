import { createVerifier } from 'fast-jwt';
import { describe, expect, it } from 'vitest';
import { createToken } from '../../../conformance/token.ts';

describe('a generated token', () => {
  const verify = createVerifier({ key: 'secret', algorithms: ['HS256'] });

  it('MER7: is valid with the same secret, and includes the claims', () => {
    expect(verify(createToken('secret', { publish: ['a'] }))).toMatchObject({ mercure: { publish: ['a'] } });
  });

  it('MER7: is invalid with another secret, without a signature, or after its expiry', () => {
    expect(() => verify(createToken('other', {})) as unknown).toThrow();
    expect(() => verify(createToken('secret', {}, { algorithm: 'none' })) as unknown).toThrow();
    expect(() => verify(createToken('secret', {}, { expires: 1 })) as unknown).toThrow();
  });
});
