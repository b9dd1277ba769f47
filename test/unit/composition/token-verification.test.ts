import { describe, expect, it } from 'vitest';
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { FetchKeySet } from '../../../src/adapters/token-verifiers/jwt/fetch-key-set.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import type { TokenOutcome } from '../../../src/application/ports/token-verifier.ts';
import { resolveConfig, type Config } from '../../../src/composition/configuration/config.ts';
import { reload } from '../../../src/composition/reload.ts';
import { tokenVerifierOf, verifierOfKey } from '../../../src/composition/token-verification.ts';
import { EC, hmacToken, jwkOf, NOW, OTHER_RSA, RSA, SECRET, signedToken } from '../../support/tokens.ts';

const URL_A = 'https://a.example/keys';
const URL_B = 'https://b.example/keys?secret=canary';

class Subject {
  readonly events: LogEvent[] = [];
  readonly fetched: string[] = [];
  readonly clock = new ManualClock();
  readonly telemetry = new MemoryTelemetry();
  readonly #config: Config;
  readonly #verifier;

  constructor(given: object, sets: Readonly<Record<string, unknown>> = {}) {
    const resolved = resolveConfig({ given });
    const { config } = resolved.ok ? resolved.value : expect.fail(resolved.refusal.map(({ message }) => message).join());
    this.#config = config;
    const fetch: FetchKeySet = (url) => {
      this.fetched.push(url);
      const keys = sets[url];
      return keys === undefined
        ? Promise.reject(new Error('down'))
        : Promise.resolve({ text: JSON.stringify({ keys }), cacheControl: '' });
    };
    const log = { record: (event: LogEvent): void => void this.events.push(event) };
    this.#verifier = tokenVerifierOf(config, {
      clock: this.clock,
      log,
      telemetry: this.telemetry,
      fetch,
      unixTime: () => NOW * 1000,
    });
  }

  reload(changes: Partial<Config>): void {
    reload(this.#config, { ...this.#config, ...changes });
  }

  async verify(token: string): Promise<string> {
    const outcome = await new Promise<TokenOutcome | undefined>((resolve) => {
      if (this.#verifier === undefined) resolve(undefined);
      else this.#verifier.verify(token, resolve);
    });
    if (outcome === undefined) return 'no verifier';
    if (outcome.ok) return `valid for ${outcome.value.realms?.join() ?? 'all'}`;
    return 'detail' in outcome.refusal ? outcome.refusal.detail : outcome.refusal.reason;
  }
}

describe('A2: the configured issuers', () => {
  it('are none while auth is open', async () => expect(await new Subject({}).verify(hmacToken({}))).toBe('no verifier'));

  it('have a shared secret, whose tokens need no audience', async () => {
    const subject = new Subject({ auth: 'required', auth_key: SECRET });
    const tokens = [{}, { aud: 'signalbox' }, { aud: 'other' }, { exp: undefined }];
    expect(await Promise.all(tokens.map((claims) => subject.verify(hmacToken(claims))))).toEqual([
      ...['valid for all', 'valid for all', 'audience', 'exp'],
    ]);
  });

  it('need an audience that differs from the default', async () => {
    const subject = new Subject({ auth: 'optional', auth_key: SECRET, auth_audience: 'app', auth_issuer: 'us' });
    expect(await subject.verify(hmacToken({ iss: 'us' }))).toBe('audience');
    expect(await subject.verify(hmacToken({ iss: 'us', aud: ['app'] }))).toBe('valid for all');
    expect(await subject.verify(hmacToken({ aud: ['app'] }))).toBe('issuer');
  });

  it('allow the leeway of the option', async () => {
    const subject = new Subject({ auth: 'required', auth_key: SECRET, auth_leeway: 60 });
    expect(await subject.verify(hmacToken({ exp: NOW - 59 }))).toBe('valid for all');
    expect(await subject.verify(hmacToken({ exp: NOW - 60 }))).toBe('token-expired');
  });

  it('A10: have a key set, which is fetched at the start', async () => {
    const given = { auth: 'required', auth_jwks: URL_A, auth_issuer: 'us', auth_audience: 'signalbox' };
    const subject = new Subject(given, { [URL_A]: [jwkOf(RSA.publicKey, { kid: 'a' })] });
    expect(subject.fetched).toEqual([URL_A]);
    const tokenOf = (claims: object): string => signedToken({ iss: 'us', ...claims }, RSA.privateKey, { kid: 'a' });
    expect(await subject.verify(tokenOf({ aud: 'signalbox' }))).toBe('valid for all');
    expect(await subject.verify(tokenOf({}))).toBe('audience');
    expect(subject.events).toEqual([{ event: 'key-set-loaded', url: URL_A, keys: 1, skipped: 0 }]);
  });

  it('A10: have keys of their own for equal kids, and share the set of one URL', async () => {
    const issuers = [
      { issuer: 'one', jwks: URL_A, audience: 'x', realms: ['red'] },
      { issuer: 'two', jwks: URL_B, audience: 'x' },
      { issuer: 'three', jwks: URL_A, audience: 'y' },
      { issuer: 'four', keys: [SECRET] },
    ];
    const sets = { [URL_A]: [jwkOf(RSA.publicKey, { kid: 'k' })], [URL_B]: [jwkOf(OTHER_RSA.publicKey, { kid: 'k' })] };
    const subject = new Subject({ auth: 'required', auth_issuers: issuers }, sets);
    expect(subject.fetched).toEqual([URL_A, URL_B]);
    const tokenOf = (iss: string, key = RSA.privateKey, aud = 'x'): string => signedToken({ iss, aud }, key, { kid: 'k' });
    expect(await subject.verify(tokenOf('one'))).toBe('valid for red');
    expect(await subject.verify(tokenOf('two'))).toBe('signature');
    expect(await subject.verify(tokenOf('one', OTHER_RSA.privateKey))).toBe('signature');
    expect(await subject.verify(tokenOf('two', OTHER_RSA.privateKey))).toBe('valid for all');
    expect(await subject.verify(tokenOf('three'))).toBe('audience');
    expect(await subject.verify(hmacToken({ iss: 'four' }))).toBe('valid for all');
    expect(await subject.verify(hmacToken({ iss: 'one' }))).toBe('key');
  });

  it('A10: have no keys of a URL that a reload has replaced, and fetch it no more', async () => {
    const given = { auth: 'required', auth_jwks: URL_A, auth_issuer: 'us', auth_audience: 'x' };
    const sets: Record<string, unknown> = { [URL_A]: [jwkOf(RSA.publicKey)], [URL_B]: [jwkOf(OTHER_RSA.publicKey)] };
    const subject = new Subject(given, sets);
    const verify = (key = RSA.privateKey): Promise<string> => subject.verify(signedToken({ iss: 'us', aud: 'x' }, key));
    expect(await verify()).toBe('valid for all');
    subject.reload({ authJwks: URL_B });
    expect([await verify(), await verify(OTHER_RSA.privateKey)]).toEqual(['signature', 'valid for all']);
    subject.reload({});
    expect(subject.fetched).toEqual([URL_A, URL_B, URL_B]);
    delete sets[URL_A];
    subject.reload({ authJwks: URL_A });
    expect(await verify()).toBe('authorizer-unreachable');
    expect(subject.events.filter(({ event }) => event === 'key-set-loaded')).toHaveLength(2);
  });

  it('A10: are not logged if the fetch of their URL ends after a reload has replaced it', async () => {
    const subject = new Subject(
      { auth: 'required', auth_jwks: URL_A, auth_issuer: 'us', auth_audience: 'x' },
      {
        [URL_A]: [jwkOf(RSA.publicKey)],
        [URL_B]: [jwkOf(OTHER_RSA.publicKey)],
      },
    );
    subject.reload({ authJwks: URL_B });
    const token = signedToken({ iss: 'us', aud: 'x' }, OTHER_RSA.privateKey);
    expect(await subject.verify(token)).toBe('valid for all');
    expect(subject.events).toMatchObject([{ event: 'key-set-loaded', url: 'https://b.example/keys' }]);
  });

  it('A10: have one age for URLs that differ in the query, that of the oldest set', async () => {
    const [older, newer] = [`${URL_A}?a`, `${URL_A}?b`];
    const issuers = [older, newer].map((jwks) => ({ issuer: jwks, jwks, audience: 'x' }));
    const sets: Record<string, unknown> = { [older]: [jwkOf(RSA.publicKey)] };
    const subject = new Subject({ auth: 'required', auth_issuers: issuers }, sets);
    const ages = (): unknown => subject.telemetry.samples('jwks_age_seconds');
    const verify = (iss: string): Promise<string> => subject.verify(signedToken({ iss, aud: 'x' }, RSA.privateKey));
    await verify(older);
    sets[newer] = sets[older];
    subject.clock.advance(60_000);
    expect(await verify(newer)).toBe('valid for all');
    expect(ages()).toEqual([{ labels: { issuer: URL_A }, value: 60 }]);
    subject.reload({ authIssuers: [{ issuer: newer, jwks: newer, audience: 'x', keys: [], realms: undefined }] });
    expect(ages()).toEqual([{ labels: { issuer: URL_A }, value: 0 }]);
  });

  it('A10: that can not be reached are logged without the query of the URL', async () => {
    const subject = new Subject({ auth: 'required', auth_issuers: [{ issuer: 'two', jwks: URL_B, audience: 'x' }] });
    expect(await subject.verify(signedToken({ iss: 'two' }, EC.privateKey))).toBe('authorizer-unreachable');
    expect(subject.events).toEqual([{ event: 'key-set-unreachable', url: 'https://b.example/keys', detail: 'down' }]);
  });
});

it('MER11: a key of Mercure needs no issuer, no audience and no expiry', () => {
  const outcomes: TokenOutcome[] = [];
  verifierOfKey(SECRET).verify(hmacToken({ exp: undefined, aud: 'x', iss: 'y', pad: 'x'.repeat(9000) }), (one) =>
    outcomes.push(one),
  );
  expect(outcomes).toMatchObject([{ ok: true }]);
});
