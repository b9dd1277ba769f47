import { createHmac, generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { createSigner } from 'fast-jwt';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { JwtAuthenticator } from '../../../../../src/adapters/authenticators/jwt/authenticator.ts';
import { verifierOfKey } from '../../../../../src/composition/token-verification.ts';
import { NEVER } from '../../../../../src/domain/time.ts';

const SECRET = 'a secret of the tests, long enough to be one';
const SECOND = 1_000;
const signed = (payload: object, key = SECRET): string => createSigner({ key })(payload);
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token with any header and payload, and a valid signature. */
function made(header: object, payload: unknown, hash = 'sha256'): string {
  const text = `${base64(header)}.${base64(payload)}`;
  return `${text}.${createHmac(hash, SECRET).update(text).digest('base64url')}`;
}

afterEach(() => vi.useRealTimers());

describe('MER7: tokens', () => {
  const authenticator = new JwtAuthenticator({ publisher: verifierOfKey(SECRET) });
  const claimsOf = (token: string): unknown => authenticator.verify(token, 'publisher')?.claims;

  it('are verified with the key of their use', () => {
    expect(claimsOf(signed({ mercure: 1 }))).toMatchObject({ mercure: 1 });
    expect(claimsOf(signed({}, 'another secret that is long enough'))).toBeUndefined();
    expect(authenticator.verify(signed({}), 'subscriber')).toBeUndefined();
  });

  it('A8: are refused with the failed check', () => {
    const refusalOf = (token: string, use: 'publisher' | 'subscriber' = 'publisher'): unknown => {
      const refusals: unknown[] = [];
      authenticator.verify(token, use, (refusal) => refusals.push(refusal));
      return refusals;
    };
    expect(refusalOf(signed({}, 'another secret that is long enough'))).toEqual([
      { reason: 'token-invalid', detail: 'signature' },
    ]);
    expect(refusalOf(signed({ exp: 1 }))).toEqual([{ reason: 'token-expired' }]);
    expect(refusalOf(signed({}), 'subscriber')).toEqual([{ reason: 'token-invalid', detail: 'key' }]);
    expect(refusalOf(signed({}))).toEqual([]);
    const pending = new JwtAuthenticator({ publisher: { verify: () => undefined } });
    const refusals: unknown[] = [];
    pending.verify('any', 'publisher', (refusal) => refusals.push(refusal));
    expect(refusals).toEqual([{ reason: 'authorizer-unreachable' }]);
  });

  it('MER12: are valid between nbf and exp', () => {
    const now = Math.floor(Date.now() / SECOND);
    expect(claimsOf(signed({ exp: now + 1000 }))).toBeDefined();
    expect([claimsOf(signed({ exp: now - 1000 })), claimsOf(signed({ nbf: now + 1000 }))]).toEqual([undefined, undefined]);
  });

  it('MER12: expire at exp, also if their signature is cached', () => {
    vi.useFakeTimers({ now: 1_000_000, toFake: ['Date'] });
    const token = signed({ exp: 1_010, nbf: 900 });
    expect(authenticator.verify(token, 'publisher')?.lifetime).toBe(10_000);
    vi.setSystemTime(1_009_999);
    expect(authenticator.verify(token, 'publisher')?.lifetime).toBe(1);
    vi.setSystemTime(1_010_000);
    expect(claimsOf(token)).toBeUndefined();
    vi.setSystemTime(899_999);
    expect(claimsOf(token)).toBeUndefined();
  });

  it.each([
    ['text', '4102444800', undefined],
    ['nothing', null, undefined],
    ['a list', [4102444800], undefined],
    ['negative', -1, undefined],
    ['zero', 0, undefined],
    ['far negative', -1e300, undefined],
    ['a fraction', 4102444800.5, true],
    ['too far for a date', 1e300, true],
  ])('MER12: are checked with an exp that is %s', (_, exp, counts) =>
    expect(claimsOf(made({ alg: 'HS256' }, { exp })) === undefined ? undefined : true).toBe(counts),
  );

  it('MER12: do not expire without an exp', () => {
    expect(authenticator.verify(signed({ iat: 1 }), 'publisher')?.lifetime).toBe(NEVER);
  });

  it('have the type of their header', () => {
    const types = ['at+JWT', 'application/at+jwt', 5].map((typ) =>
      authenticator.verify(made({ alg: 'HS256', typ }, {}), 'publisher'),
    );
    expect(types.map((verified) => verified?.type)).toEqual(['at+jwt', 'at+jwt', undefined]);
  });

  it.each(['none', 'None', 'NONE', 'hs256', 'RS256', 'HS512', '', null])('are rejected if signed with %j', (alg) => {
    const payload = { mercure: { publish: ['*'] } };
    expect([claimsOf(made({ alg }, payload)), claimsOf(`${base64({ alg })}.${base64(payload)}.`)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('cannot choose the key that verifies them', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const jwk = publicKey.export({ format: 'jwk' });
    const header = { jwk, kid: '../../dev/null', jku: 'http://127.0.0.1/keys' };
    expect(claimsOf(createSigner({ key, header: { alg: 'RS256', ...header } })({}))).toBeUndefined();
    expect(claimsOf(made({ alg: 'HS256', ...header }, { mercure: 1 }))).toEqual({ mercure: 1 });
  });

  it.each([[], 'text', 5, null])('are rejected if their claims are %j', (payload) =>
    expect(claimsOf(made({ alg: 'HS256' }, payload))).toBeUndefined(),
  );

  it.each(['', 'x', 'a.b.c', '..', 'é.é.é', `${signed({})}x`])('%j is not a token', (token) =>
    expect(claimsOf(token)).toBeUndefined(),
  );
});

describe('MER11: key pairs', () => {
  const pairOf = (kind: 'rsa' | 'ec' | 'ed25519'): KeyPairKeyObjectResult => {
    if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 });
    return kind === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  };

  it.each(['rsa', 'ec', 'ed25519'] as const)('%s: the public key verifies a token of the private key', (kind) => {
    const { publicKey, privateKey } = pairOf(kind);
    const token = signed({ mercure: 1 }, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    const texts = [
      publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      JSON.stringify(publicKey.export({ format: 'jwk' })),
    ];
    for (const subscriber of texts) {
      expect(new JwtAuthenticator({ subscriber: verifierOfKey(subscriber) }).verify(token, 'subscriber')?.claims).toMatchObject({
        mercure: 1,
      });
    }
  });
});
