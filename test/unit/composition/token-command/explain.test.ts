import { describe, expect, it } from 'vitest';
import { explain, type TokenConditions } from '../../../../src/composition/token-command/explain.ts';
import { signatureKey } from '../../../../src/adapters/token-verifiers/jwt/signature-key.ts';
import { hmacToken, NOW, SECRET } from '../../../support/tokens.ts';

const CONDITIONS: TokenConditions = { keys: undefined, issuer: undefined, audience: 'signalbox', now: NOW * 1000 };
const KEYS = [signatureKey({ key: SECRET, algorithms: ['HS256'] })];

const explained = (token: string, conditions: Partial<TokenConditions> = {}): string[] =>
  explain(token, { ...CONDITIONS, ...conditions }).lines.map((line) => line.replaceAll(/ {2,}/g, ' | '));

describe('signalbox token check', () => {
  it('explains each claim', () => {
    const claims = { iss: 'us', sub: 'ann', jti: '1', email: 'x', exp: NOW + 600, signalbox: { id: ['ann', 'a*'], rate: 5 } };
    expect(explained(hmacToken(claims, { header: { kid: 'k' } }), { keys: KEYS })).toEqual([
      'alg | HS256 | verified with the given keys',
      'kid | k | name of the key in the key set of the issuer',
      'exp | 1800000600 | expires 2027-01-15T08:10:00.000Z, in 10 min',
      'iss | us | issuer: the broker needs the same in auth_issuer or auth_issuers',
      'sub | ann | subject: with the issuer, the owner of the ids that the client takes',
      'jti | 1 | id of this token',
      'email | x | not read',
      'signalbox.id | ["ann","a*"] | ids that the client may take',
      'signalbox.rate | 5 | messages per second',
      'valid | accepted, if the key, the issuer and the audience are those of the broker',
    ]);
  });

  it('says that a signature is not verified without a key', () => {
    expect(explained(hmacToken({}))[0]).toBe('alg | HS256 | not verified: give --key or --jwks');
  });

  it.each<[string, string, Partial<TokenConditions>]>([
    ['x', 'it is not a signed token in compact form, or longer than 8192 characters', {}],
    [
      hmacToken({}),
      'another key signed it, or it was changed',
      { keys: [signatureKey({ key: `${SECRET}!`, algorithms: ['HS256'] })] },
    ],
    [hmacToken({}, { header: { alg: 'RS256' } }), 'no key is of the kind that its algorithm needs', { keys: KEYS }],
    [hmacToken({}), 'no key has its kid', { keys: [] }],
    [hmacToken({ iss: 'us' }), 'its claim iss is not the expected issuer', { issuer: 'them' }],
    [hmacToken({ aud: 'x' }), 'its claim aud does not contain the expected audience', {}],
    [hmacToken({}), 'its claim aud does not contain the expected audience', { audience: 'app' }],
    [hmacToken({ exp: NOW - 5 }), 'it has expired', {}],
    [hmacToken({ nbf: NOW + 6 }), 'it is not valid yet: compare the clocks', {}],
    [hmacToken({ exp: 'x' }), 'its claim exp is missing or not a number; a token must expire', {}],
    [hmacToken({ sub: 1 }), 'a claim has an unexpected type', {}],
  ])('%s is refused: %s', (token, why, conditions) => {
    const { lines, isValid } = explain(token, { ...CONDITIONS, ...conditions });
    expect([lines.at(-1), isValid]).toEqual([`refused  ${why}`, false]);
  });

  it('names each claim of an unexpected type', () => {
    const text = explained(hmacToken({ sub: 1, signalbox: { ids: 'a', id: 5, ice: true } })).join('\n');
    expect(text).toMatch(/^sub \| 1 \| unexpected type or value$/m);
    expect(text).toMatch(/^signalbox.ids \| a \| unexpected: no such claim$/m);
    expect(text).toMatch(/^signalbox.id \| 5 \| unexpected type or value$/m);
    expect(text).toMatch(/^signalbox.ice \| true \| whether the client receives ICE servers$/m);
    expect(explained(hmacToken({ signalbox: [] })).join('\n')).toMatch(/^signalbox \| \[\] \| unexpected: must be an object$/m);
  });

  it('says how far the clocks differ', () => {
    expect(explained(hmacToken({ iat: NOW + 40 })).at(-2)).toContain('at least 40 s ahead of this one');
  });

  it('prints no control characters of a token', () => {
    expect(explained(hmacToken({ sub: '\u001b[2J' })).join('')).not.toContain('\u001b');
  });
});
