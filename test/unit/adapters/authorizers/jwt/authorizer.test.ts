import { describe, expect, it } from 'vitest';
import { JwtAuthorizer, type JwtAuthorizerSettings } from '../../../../../src/adapters/authorizers/jwt/authorizer.ts';
import type { AccessOutcome, AccessRequest } from '../../../../../src/application/ports/authorizer.ts';
import type { TokenVerifier } from '../../../../../src/application/ports/token-verifier.ts';
import { OPEN_GRANT } from '../../../../../src/domain/grant.ts';
import { realmKey } from '../../../../../src/domain/ids.ts';
import { accepted, refused } from '../../../../../src/domain/result.ts';
import { NEVER } from '../../../../../src/domain/time.ts';
import { hmacToken } from '../../../../support/tokens.ts';

const request: AccessRequest = {
  ...{ dialect: 'peerjs', realm: realmKey('green'), id: 'ann', address: '::1', origin: undefined, headers: {} },
  token: undefined,
};

/** Accepts every token as one of Ann. */
const ACCEPTS: TokenVerifier = {
  verify: (_, answer) =>
    answer(accepted({ type: undefined, claims: { sub: 'ann' }, issuer: 'us', realms: ['green'], lifetime: 5000 })),
};
const REFUSES: TokenVerifier = { verify: (_, answer) => answer(refused({ reason: 'token-expired' })) };

function outcomeOf(token: string | undefined, settings: Partial<JwtAuthorizerSettings> = {}, verifier = ACCEPTS): AccessOutcome {
  const all = { isRequired: true, idClaim: 'signalbox.id', reservedIds: ['support'], endsAtExpiry: true, ...settings } as const;
  const outcomes: AccessOutcome[] = [];
  new JwtAuthorizer(verifier, all).authorize({ ...request, token }, (outcome) => outcomes.push(outcome));
  return outcomes[0] ?? expect.fail('no answer inside the call');
}

const TOKEN = hmacToken({});

describe('A1: required', () => {
  it.each([undefined, '', 'k2j3h4', 'a.b.c', 'e.y.J', '...', 'x.eyJhbGciOiJIUzI1NiJ9.x'])('%j is no token', (token) =>
    expect(outcomeOf(token)).toEqual(refused({ reason: 'token-missing' })),
  );

  it.each([TOKEN, 'e30.e30.', 'e30..', 'eyJhbGciOiJub25lIn0.e30.', `${TOKEN}.AA.AA`, 'IHsgfQ.x.y'])('%j is verified', (token) =>
    expect(outcomeOf(token, {}, REFUSES)).toEqual(refused({ reason: 'token-expired' })),
  );
});

describe('A1: optional', () => {
  const optional = { isRequired: false };

  it.each([undefined, 'k2j3h4', 'a.b.c'])('%j is the token of a guest, who can not take reserved ids', (token) =>
    expect(outcomeOf(token, optional)).toEqual(accepted({ ...OPEN_GRANT, reservedIds: ['support'] })),
  );

  it('a token that is not valid is refused', () =>
    expect(outcomeOf(TOKEN, optional, REFUSES)).toEqual(refused({ reason: 'token-expired' })));
});

describe('A2: the grant of a token', () => {
  it('has the defaults of its claims', () => {
    expect(outcomeOf(TOKEN)).toEqual(
      accepted({
        ...{ subject: 'ann', tokenId: undefined },
        ...{ owner: 'j:us\0ann', ids: undefined, reservedIds: ['support'], realms: ['green'], lifetime: 5000 },
        ...{ messagesPerSecond: undefined, mayDiscover: false, mayUseIce: true, topics: undefined },
      }),
    );
  });

  it('H4: allows to list peers by a claim only if a token is required', () =>
    expect(outcomeOf(TOKEN, { isRequired: false })).toMatchObject({ value: { mayDiscover: true } }));

  it('A5: does not end if open peers are kept at expiry', () =>
    expect(outcomeOf(TOKEN, { endsAtExpiry: false })).toMatchObject({ value: { lifetime: NEVER } }));

  it('is refused for odd claims', () => {
    const odd: TokenVerifier = {
      verify: (_, answer) =>
        answer(accepted({ type: undefined, claims: { sub: 1 }, issuer: '', realms: undefined, lifetime: 1 })),
    };
    expect(outcomeOf(TOKEN, {}, odd)).toEqual(refused({ reason: 'token-invalid', detail: 'claims' }));
  });
});

it('A2: reads the header with the token', () => {
  const settings = { isRequired: true, idClaim: 'signalbox.id', reservedIds: [], endsAtExpiry: true } as const;
  expect(new JwtAuthorizer(ACCEPTS, settings).headers).toEqual(['authorization']);
});
