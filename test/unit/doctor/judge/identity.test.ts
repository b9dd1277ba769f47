import { expect, it } from 'vitest';
import { judgeIdentity, type IdentityObservation } from '../../../../doctor/judge/identity.ts';

const NOW = 1_000_000_000;
const jwt = (claims: object): string => `a.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.b`;
const SEEN = { path: '/peerjs/id', idStatus: 200, token: undefined, localTime: NOW, brokerTime: NOW };

it.each([
  [{}, ['identity']],
  [{ brokerTime: undefined }, ['identity']],
  [{ token: 'no token of dots' }, ['identity']],
  [{ token: 'a.{.b' }, ['identity']],
  [{ token: jwt({ exp: NOW / 1000 + 9, nbf: NOW / 1000 }) }, ['identity']],
  [{ idStatus: 404 }, ['id-unavailable']],
  [{ brokerTime: NOW - 6_000 }, ['clock-differs']],
  [{ token: jwt({ exp: NOW / 1000 - 3 }) }, ['token-expired']],
  [{ token: jwt({ nbf: NOW / 1000 + 3 }) }, ['token-early']],
  [{ token: jwt({ exp: NOW / 1000 + 60 }), brokerTime: NOW + 90_000 }, ['clock-differs', 'token-expired']],
] as const)('%j is %j', (seen, verdicts) => {
  const given: IdentityObservation = { ...SEEN, ...seen };
  expect(judgeIdentity(given).map(({ verdict }) => verdict)).toEqual(verdicts);
});
