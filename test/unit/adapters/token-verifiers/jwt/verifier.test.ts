import { describe, expect, it } from 'vitest';
import { FixedKeys } from '../../../../../src/adapters/token-verifiers/jwt/key-source.ts';
import type { IssuerSettings } from '../../../../../src/adapters/token-verifiers/jwt/issuer.ts';
import { signatureKey } from '../../../../../src/adapters/token-verifiers/jwt/signature-key.ts';
import { readTokenKey } from '../../../../../src/adapters/token-verifiers/jwt/token-key.ts';
import { JwtVerifier } from '../../../../../src/adapters/token-verifiers/jwt/verifier.ts';
import type { TokenOutcome } from '../../../../../src/application/ports/token-verifier.ts';
import { EC, ED, hmacToken, jwkOf, NOW, OTHER_RSA, pemOf, RSA, SECRET, signedToken } from '../../../../support/tokens.ts';

const OTHER_SECRET = 'another secret of the tests, long enough too';

function keysOf(...texts: string[]): FixedKeys {
  return new FixedKeys(
    texts.map((text) => {
      const read = readTokenKey(text);
      return read.ok ? signatureKey(read.value) : expect.fail(read.refusal);
    }),
  );
}

const issuerOf = (keys: readonly string[], more: Partial<IssuerSettings> = {}): IssuerSettings => ({
  ...{ name: undefined, keys: keysOf(...keys), audience: 'signalbox', needsAudience: false, needsExpiry: true },
  ...{ leeway: 5000, realms: undefined, ...more },
});

function verifierOf(...issuers: IssuerSettings[]): (token: string) => TokenOutcome {
  const verifier = new JwtVerifier(issuers, () => NOW * 1000);
  return (token) => {
    const outcomes: TokenOutcome[] = [];
    verifier.verify(token, (outcome) => outcomes.push(outcome));
    expect(outcomes).toHaveLength(1);
    return outcomes[0] ?? expect.fail();
  };
}

const failureOf = (outcome: TokenOutcome): string | undefined => {
  if (outcome.ok) return undefined;
  return 'detail' in outcome.refusal ? outcome.refusal.detail : outcome.refusal.reason;
};

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('A2: a token is verified', () => {
  const verify = verifierOf(issuerOf([SECRET]));

  it('inside the call, with a shared secret', () => {
    expect(verify(hmacToken({ sub: 'ann', iss: 'x' }))).toMatchObject({
      ok: true,
      value: { claims: { sub: 'ann' }, issuer: 'x', lifetime: 65_000, realms: undefined },
    });
    expect(verify(hmacToken({}))).toMatchObject({ ok: true, value: { issuer: '' } });
  });

  it.each([
    ['RSA', RSA],
    ['EC', EC],
    ['Ed25519', ED],
  ])('with a public key of the kind %s, as PEM and as JWK', (_, { publicKey, privateKey }) => {
    for (const text of [pemOf(publicKey), JSON.stringify(jwkOf(publicKey)), `\n\uFEFF  ${pemOf(publicKey)}`]) {
      expect(failureOf(verifierOf(issuerOf([text]))(signedToken({}, privateKey)))).toBeUndefined();
    }
  });

  it('with each of several keys, so that keys can be rotated', () => {
    const rotating = verifierOf(issuerOf([OTHER_SECRET, SECRET, pemOf(EC.publicKey)]));
    const tokens = [hmacToken({}), hmacToken({}, { secret: OTHER_SECRET }), signedToken({}, EC.privateKey)];
    expect(tokens.map((token) => failureOf(rotating(token)))).toEqual([undefined, undefined, undefined]);
    expect(failureOf(rotating(signedToken({}, RSA.privateKey)))).toBe('algorithm');
  });

  it('again and again from the cache', () => {
    const token = hmacToken({});
    for (let n = 0; n < 3; n++) expect(failureOf(verify(token))).toBeUndefined();
  });
});

describe('A2: the first failure is the refusal', () => {
  const verify = verifierOf(issuerOf([SECRET], { name: 'us' }));
  const bad = { iss: 'us', exp: NOW - 60, aud: 'others' };

  it.each([
    ['form', 'no token'],
    ['issuer', hmacToken({ ...bad, iss: 'them' }, { secret: OTHER_SECRET })],
    ['algorithm', signedToken(bad, RSA.privateKey)],
    ['signature', hmacToken(bad, { secret: OTHER_SECRET })],
    ['exp', hmacToken({ ...bad, exp: '1', nbf: NOW + 60 })],
    ['nbf', hmacToken({ ...bad, nbf: '1' })],
    ['token-expired', hmacToken({ ...bad, nbf: NOW + 60 })],
    ['token-early', hmacToken({ ...bad, exp: NOW + 90, nbf: NOW + 60 })],
    ['audience', hmacToken({ ...bad, exp: NOW + 60 })],
  ])('%s', (failure, token) => expect(failureOf(verify(token))).toBe(failure));

  it('key, for an issuer without keys', () => {
    expect(failureOf(verifierOf(issuerOf([]))(hmacToken({ aud: 'others' })))).toBe('key');
  });
});

describe('A2: attacks', () => {
  it('a token without a signature is refused, with any spelling of none', () => {
    const verify = verifierOf(issuerOf([SECRET, pemOf(RSA.publicKey)]));
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) {
      const text = `${part({ alg })}.${part({ exp: NOW + 60 })}`;
      expect(failureOf(verify(`${text}.`))).toBe('form');
      expect(failureOf(verify(text))).toBe('form');
      expect(failureOf(verify(`${text}.AAAA`))).toBe('algorithm');
    }
  });

  it('a public key in any spelling is not a shared secret', () => {
    const pem = pemOf(RSA.publicKey);
    for (const configured of [
      pem,
      `\n${pem}`,
      `  ${pem}`,
      `\uFEFF${pem}`,
      `# key\n${pem}`,
      JSON.stringify(jwkOf(RSA.publicKey)),
    ]) {
      const verify = verifierOf(issuerOf([configured]));
      for (const secret of [pem, pem.trim(), configured, configured.trim()]) {
        expect(failureOf(verify(hmacToken({}, { secret })))).toBe('algorithm');
      }
    }
  });

  it('the header of a token brings no key', () => {
    const jwk = jwkOf(OTHER_RSA.publicKey);
    const header = { jwk, jku: 'https://attacker.example/keys', x5u: 'https://attacker.example/x', x5c: ['AAAA'] };
    expect(failureOf(verifierOf(issuerOf([pemOf(RSA.publicKey)]))(signedToken({}, OTHER_RSA.privateKey, header)))).toBe(
      'signature',
    );
  });

  it('a critical extension that is not known refuses the token', () => {
    const header = { crit: ['exp2'], exp2: 1 };
    expect(failureOf(verifierOf(issuerOf([SECRET]))(hmacToken({}, { header })))).toBe('signature');
  });

  it('each issuer has its own keys, also for equal kids and for a cached token', () => {
    const verify = verifierOf(issuerOf([SECRET], { name: 'us' }), issuerOf([OTHER_SECRET], { name: 'them' }));
    const header = { kid: 'one' };
    const ours = hmacToken({ iss: 'us' }, { header });
    expect(failureOf(verify(ours))).toBeUndefined();
    expect(failureOf(verify(hmacToken({ iss: 'them' }, { header })))).toBe('signature');
    expect(failureOf(verify(hmacToken({ iss: 'us' }, { header, secret: OTHER_SECRET })))).toBe('signature');
    const [head, , signature] = ours.split('.');
    expect(failureOf(verify([head, part({ iss: 'them', exp: NOW + 60 }), signature].join('.')))).toBe('signature');
  });

  it.each([[undefined], ['them'], ['us '], ['US'], ['us\0'], [['us']], [{ us: 1 }], [1], ['__proto__'], ['constructor']])(
    'the issuer %j is not ours',
    (iss) => expect(failureOf(verifierOf(issuerOf([SECRET], { name: 'us' }))(hmacToken({ iss })))).toBe('issuer'),
  );

  it.each([[['us']], [1], [null], ['a\0b'], ['a\nb'], ['\uD800']])(
    'the issuer %j is refused, also if any issuer is allowed',
    (iss) => expect(failureOf(verifierOf(issuerOf([SECRET]))(hmacToken({ iss })))).toBe('issuer'),
  );

  it.each([
    '',
    '.',
    '..',
    'a.b.c',
    `${part([1])}.${part({})}.AAAA`,
    `${part({ alg: 'HS256' })}.${part('x')}.AAAA`,
    `${part({ alg: 'HS256' })}.${part(null)}.AAAA`,
    `${part({})}.${part({})}.AAAA`,
    `${part({ alg: ['HS256'] })}.${part({})}.AAAA`,
    `${hmacToken({})}=`,
    ` ${hmacToken({})}`,
    `${hmacToken({})}\n`,
    `${hmacToken({})}.AAAA.AAAA`,
    `Bearer ${hmacToken({})}`,
    '\u0000'.repeat(100),
  ])('%j is not a token', (token) => expect(failureOf(verifierOf(issuerOf([SECRET]))(token))).toBe('form'));

  it('a token of 8 KB is verified, a longer one is refused unread', () => {
    const verify = verifierOf(issuerOf([SECRET]));
    const tokenOf = (length: number): string => hmacToken({ pad: 'x'.repeat(length) });
    const spare = Math.floor(((8192 - tokenOf(0).length) * 3) / 4) - 3;
    expect(tokenOf(spare).length).toBeLessThanOrEqual(8192);
    expect(failureOf(verify(tokenOf(spare)))).toBeUndefined();
    expect(tokenOf(spare + 8).length).toBeGreaterThan(8192);
    expect(failureOf(verify(tokenOf(spare + 8)))).toBe('form');
  });

  it('a changed token is not the cached one', () => {
    const verify = verifierOf(issuerOf([SECRET]));
    const token = hmacToken({ sub: 'ann' });
    expect(failureOf(verify(token))).toBeUndefined();
    const [head, , signature] = token.split('.');
    expect(failureOf(verify([head, part({ sub: 'bob', exp: NOW + 60 }), signature].join('.')))).toBe('signature');
  });
});
