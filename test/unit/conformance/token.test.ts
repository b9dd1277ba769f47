import { createVerifier } from 'fast-jwt';
import { describe, expect, it } from 'vitest';
import {
  createAccessToken,
  createClientToken,
  createLegacyToken,
  createToken,
  inAnHour,
  topicDetail,
} from '../../../conformance/token.ts';

describe('a generated token', () => {
  const verify = createVerifier({ key: 'secret', algorithms: ['HS256'] });
  const verifyWhole = createVerifier({ key: 'secret', algorithms: ['HS256'], complete: true });

  it('MER7: is valid with the same secret, and includes the claims in the forms of 0.x and 1.0', () => {
    expect(verify(createToken('secret', { publish: ['a'] }))).toMatchObject({
      mercure: { publish: ['a'] },
      authorization_details: [{ actions: ['publish'], topics: [{ match: 'a' }] }],
      exp: expect.any(Number) as number,
    });
  });

  it('MER7: has the form of one version', () => {
    expect(verifyWhole(createLegacyToken('secret', { subscribe: ['a'] }))).toMatchObject({
      header: { typ: 'JWT' },
      payload: { mercure: { subscribe: ['a'] } },
    });
    const details = [topicDetail('subscribe', '/:id', 'urlpattern')];
    expect(verifyWhole(createAccessToken('secret', details, inAnHour()))).toMatchObject({
      header: { typ: 'at+jwt' },
      payload: { authorization_details: [{ topics: [{ match: '/:id', match_type: 'urlpattern' }] }] },
    });
    expect(verify(createAccessToken('secret', details))).not.toHaveProperty('exp');
  });

  it('A2: has the claims of a client, the algorithm of its header, and an expiry unless the claims leave it out', () => {
    expect(verify(createClientToken('secret', { sub: 'ann' }))).toMatchObject({ sub: 'ann', exp: expect.any(Number) as number });
    expect(verify(createClientToken('secret', { exp: undefined }))).not.toHaveProperty('exp');
    expect(createClientToken('secret', {}, 'none')).toMatch(/\.$/);
  });

  it('MER7, MER12: is invalid with another secret, without a signature, after its expiry, or before its start', () => {
    expect(() => verify(createToken('other', {})) as unknown).toThrow();
    expect(() => verify(createToken('secret', {}, { algorithm: 'none' })) as unknown).toThrow();
    expect(() => verify(createToken('secret', {}, { expires: 1 })) as unknown).toThrow();
    expect(() => verify(createToken('secret', {}, { notBefore: inAnHour() })) as unknown).toThrow();
  });
});
