import { describe, expect, it } from 'vitest';
import { decodeToken } from '../../../../../src/adapters/token-verifiers/jwt/decode.ts';
import { Issuer, type IssuerSettings } from '../../../../../src/adapters/token-verifiers/jwt/issuer.ts';
import type { FoundKeys } from '../../../../../src/adapters/token-verifiers/jwt/key-source.ts';
import type { SignatureKey } from '../../../../../src/adapters/token-verifiers/jwt/signature-key.ts';
import { NEVER } from '../../../../../src/domain/time.ts';
import { hmacToken, NOW } from '../../../../support/tokens.ts';

/** Accepts every signature, and counts its calls. */
class CountingKey implements SignatureKey {
  readonly algorithms = ['HS256'];
  calls = 0;

  verifies(): boolean {
    this.calls += 1;
    return true;
  }
}

class Subject {
  readonly key = new CountingKey();
  keys: FoundKeys = [this.key];
  now = NOW * 1000;
  readonly #issuer: Issuer;

  constructor(settings: Partial<IssuerSettings> = {}) {
    const keys: IssuerSettings['keys'] = { find: (_, answer) => answer(this.keys) };
    const defaults = { name: undefined, keys, audience: 'app', needsAudience: false, needsExpiry: true, leeway: 5000 };
    this.#issuer = new Issuer({ ...defaults, realms: undefined, ...settings }, () => this.now);
  }

  /** The lifetime of a valid token, or the failure. */
  verify(claims: Record<string, unknown>, header = {}): unknown {
    const token = hmacToken(claims, { header });
    let result: unknown;
    this.#issuer.verify(token, decodeToken(token) ?? expect.fail(), (outcome) => {
      if (outcome.ok) result = outcome.value.lifetime;
      else result = 'detail' in outcome.refusal ? outcome.refusal.detail : outcome.refusal.reason;
    });
    return result;
  }
}

describe('A2: time', () => {
  const { verify } = new Subject();
  const at = (claims: Record<string, unknown>): unknown => verify.call(new Subject(), claims);

  it.each([
    [{ exp: NOW + 1 }, 6000],
    [{ exp: NOW - 4.999 }, 1],
    [{ exp: NOW - 5 }, 'token-expired'],
    [{ exp: NOW - 1e9 }, 'token-expired'],
    [{ exp: 0 }, 'token-expired'],
    [{ exp: -1 }, 'token-expired'],
    [{ exp: 0.5 }, 'token-expired'],
    [{ exp: NOW + 1, nbf: NOW + 5 }, 6000],
    [{ exp: NOW + 1, nbf: NOW + 5.001 }, 'token-early'],
    [{ exp: NOW + 1, nbf: -1e300 }, 6000],
  ])('%j is %j with a leeway of 5 s', (claims, result) => expect(at(claims)).toBe(result));

  it.each(['1900000000', null, [1_900_000_000], {}, true, 1e306])('an exp of %j is refused', (exp) =>
    expect(at({ exp })).toBe('exp'),
  );
  it.each(['1', null, [1], {}, false])('an nbf of %j is refused', (nbf) => expect(at({ nbf })).toBe('nbf'));
  it('a token without exp is refused, where one is needed', () => {
    expect(at({ exp: undefined })).toBe('exp');
    expect(new Subject({ needsExpiry: false }).verify({ exp: undefined })).toBe(NEVER);
  });

  it('is judged at each use of a cached token', () => {
    const subject = new Subject();
    expect(subject.verify({ exp: NOW + 60, nbf: NOW })).toBe(65_000);
    subject.now += 64_999;
    expect(subject.verify({ exp: NOW + 60, nbf: NOW })).toBe(1);
    subject.now += 1;
    expect(subject.verify({ exp: NOW + 60, nbf: NOW })).toBe('token-expired');
    subject.now = (NOW - 6) * 1000;
    expect(subject.verify({ exp: NOW + 60, nbf: NOW })).toBe('token-early');
    expect(subject.key.calls).toBe(1);
  });
});

describe('A2: audience', () => {
  it.each([
    [undefined, 65_000],
    ['app', 65_000],
    [['x', 'app'], 65_000],
    ['other', 'audience'],
    [['other'], 'audience'],
    [[], 'audience'],
    [null, 'audience'],
    [{ app: 1 }, 'audience'],
    [[['app']], 'audience'],
    ['APP', 'audience'],
    ['app ', 'audience'],
  ])('aud %j is %j', (aud, result) => expect(new Subject().verify({ aud })).toBe(result));

  it('a token without aud is refused, where one is needed', () =>
    expect(new Subject({ needsAudience: true }).verify({})).toBe('audience'));

  it('is not read for Mercure', () => expect(new Subject({ audience: undefined }).verify({ aud: 'other' })).toBe(65_000));
});

describe('A2: keys', () => {
  it('a signature is verified once for each key', () => {
    const subject = new Subject();
    for (let n = 0; n < 5; n++) subject.verify({ sub: 'ann' });
    expect(subject.key.calls).toBe(1);
  });

  it('a cached token is refused once its key is gone', () => {
    const subject = new Subject();
    expect(subject.verify({})).toBe(65_000);
    subject.keys = [];
    expect(subject.verify({})).toBe('key');
    const other = new CountingKey();
    subject.keys = [other];
    expect(subject.verify({})).toBe(65_000);
    expect(other.calls).toBe(1);
  });

  it('keys that can not be fetched are not a fault of the token', () => {
    const subject = new Subject();
    subject.keys = 'unreachable';
    expect(subject.verify({})).toBe('authorizer-unreachable');
  });

  it('the algorithm must be one of the key', () => expect(new Subject().verify({}, { alg: 'HS384' })).toBe('algorithm'));
});
