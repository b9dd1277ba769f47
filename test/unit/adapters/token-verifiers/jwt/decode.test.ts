import { expect, it } from 'vitest';
import { decodeToken } from '../../../../../src/adapters/token-verifiers/jwt/decode.ts';
import { hmacToken } from '../../../../support/tokens.ts';

it('A2: decodes header and claims of a signed token', () => {
  expect(decodeToken(hmacToken({ sub: 'ann', exp: 1 }))).toEqual({ header: { alg: 'HS256' }, payload: { sub: 'ann', exp: 1 } });
});

it.each([
  '',
  'a',
  'a.b',
  'e30.e30.',
  '.e30.AA',
  'e30..AA',
  'e30.W10.AA',
  'W10.e30.AA',
  'e30.bnVsbA.AA',
  'e30.e30.AA.AA',
  'e30.e30.A=',
  'e30.e30.A+',
])('A2: %j is not a signed token', (text) => expect(decodeToken(text)).toBeUndefined());
