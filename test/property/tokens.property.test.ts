import fc from 'fast-check';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';
import { NoTelemetry } from '../../src/adapters/telemetry/none.ts';
import { JwtAuthorizer } from '../../src/adapters/authorizers/jwt/authorizer.ts';
import { ManualClock } from '../../src/adapters/clocks/manual.ts';
import { SilentLog } from '../../src/adapters/logs/silent.ts';
import type { AccessOutcome } from '../../src/application/ports/authorizer.ts';
import { resolveConfig } from '../../src/composition/configuration/config.ts';
import { tokenVerifierOf } from '../../src/composition/token-verification.ts';
import { realmKey } from '../../src/domain/ids.ts';

/* Tokens that an independent library signs, judged by a model, while the clock and the key sets change. */

const START = 1_800_000_000;
const LEEWAY = 5;
const SECRET = 'a secret of the tests, long enough to be one';
const URL = 'https://login.example.org/keys';

interface Signer {
  readonly alg: string;
  readonly key: CryptoKey | Uint8Array;
  readonly jwk: object | undefined;
}

async function pair(alg: string): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, key: privateKey, jwk: await exportJWK(publicKey) };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const SIGNERS: readonly Signer[] = [
  { alg: 'HS256', key: bytes(SECRET), jwk: undefined },
  { alg: 'HS512', key: bytes(`${SECRET} of somebody else, and still longer than before`), jwk: undefined },
  ...(await Promise.all(['RS256', 'ES256', 'EdDSA', 'PS384'].map(pair))),
];
/** `local` has the first signer as its key, `shared` a key set with some of the others. */
const ISSUERS = ['local', 'shared', 'unknown', undefined] as const;

const attempt = fc.record({
  signer: fc.nat({ max: SIGNERS.length - 1 }),
  kid: fc.oneof(
    { weight: 4, arbitrary: fc.constant('own') },
    { weight: 1, arbitrary: fc.constantFrom('3', 'x', undefined, undefined, undefined) },
  ),
  iss: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('local', 'shared') },
    { weight: 1, arbitrary: fc.constantFrom(...ISSUERS) },
  ),
  aud: fc.constantFrom('app', ['other', 'app'], 'app', 'other', undefined),
  exp: fc.integer({ min: -60, max: 600 }),
  nbf: fc.option(fc.integer({ min: -60, max: 60 }), { nil: undefined }),
  sub: fc.constantFrom('ann', 'bob', 'x'.repeat(256), ''),
  isUnsigned: fc.constantFrom(false, false, false, false, false, false, false, true),
  isChanged: fc.constantFrom(false, false, false, false, false, true),
  repeats: fc.nat({ max: 2 }),
});
type Attempt = typeof attempt extends fc.Arbitrary<infer T> ? T : never;
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('connect' as const), attempt }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('again' as const), index: fc.nat({ max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 900 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('publish' as const), keys: fc.subarray([2, 3, 4, 5]), isUp: fc.boolean() }),
  },
);

/** The broker, and what the model knows of it. */
class World {
  readonly #clock = new ManualClock();
  /** The key set at the URL; undefined while it is away. */
  #published: readonly number[] | undefined = [2, 3, 5];
  /** Key sets that the broker may use: the one it has, and those published since. */
  #possible: (readonly number[])[] = [];
  #fetched: readonly number[] | undefined = undefined;
  readonly #authorizer: JwtAuthorizer;
  readonly #shown: { readonly made: Attempt; readonly token: string; readonly at: number }[] = [];

  constructor() {
    const issuers = [
      { issuer: 'local', key: SECRET, audience: 'app' },
      { issuer: 'shared', jwks: URL, audience: 'app' },
    ];
    const resolved = resolveConfig({ given: { auth: 'required', auth_issuers: issuers } });
    if (!resolved.ok) throw new Error('the options are allowed');
    const parts = { clock: this.#clock, log: new SilentLog(), telemetry: new NoTelemetry(), unixTime: () => this.now * 1000 };
    const verifier = tokenVerifierOf(resolved.value.config, { ...parts, fetch: () => this.#serve() });
    if (verifier === undefined) throw new Error('there are issuers');
    const settings = { isRequired: true, idClaim: 'signalbox.id', reservedIds: [], endsAtExpiry: true } as const;
    this.#authorizer = new JwtAuthorizer(verifier, settings);
  }

  get now(): number {
    return START + this.#clock.now() / 1000;
  }

  wait(seconds: number): void {
    this.#clock.advance(seconds * 1000);
  }

  publish(keys: readonly number[] | undefined): void {
    this.#published = keys;
  }

  #serve(): Promise<{ text: string; cacheControl: string }> {
    if (this.#published === undefined) return Promise.reject(new Error('away'));
    this.#fetched = this.#published;
    const keys = this.#published.map((n) => ({ ...SIGNERS[n]?.jwk, kid: String(n) }));
    return Promise.resolve({ text: JSON.stringify({ keys }), cacheControl: 'max-age=60' });
  }

  async connect(made: Attempt): Promise<void> {
    const shown = { made, token: await tokenOf(made, this.now), at: this.now };
    this.#shown.push(shown);
    await this.#show(made, shown.token);
  }

  /** A client shows an earlier token again. */
  async again(index: number): Promise<void> {
    const shown = this.#shown.at(-1 - index);
    if (shown === undefined) return;
    const { made, token, at } = shown;
    const age = this.now - at;
    const nbf = made.nbf === undefined ? undefined : made.nbf - age;
    await this.#show({ ...made, exp: made.exp - age, nbf }, token);
  }

  async #show(made: Attempt, token: string): Promise<void> {
    for (let n = 0; n <= made.repeats; n++) {
      this.#possible = [this.#fetched ?? []];
      const outcome = await this.#authorize(token);
      // A set that was fetched for this token may have answered it.
      this.#possible.push(this.#fetched ?? []);
      this.#judge(made, outcome);
    }
  }

  async #authorize(token: string): Promise<AccessOutcome> {
    const request = { dialect: 'peerjs', realm: realmKey('peerjs'), id: 'ann', address: '::1', origin: undefined, headers: {} };
    const outcomes: AccessOutcome[] = [];
    this.#authorizer.authorize({ ...request, token }, (outcome) => outcomes.push(outcome));
    for (let n = 0; n < 4; n++) await new Promise((resolve) => setImmediate(resolve));
    expect(outcomes).toHaveLength(1);
    return outcomes[0] ?? expect.fail();
  }

  #judge(made: Attempt, outcome: AccessOutcome): void {
    if (!outcome.ok) return expect(this.#mustBeGranted(made)).toBe(false);
    expect(this.#mayBeGranted(made)).toBe(true);
    const { owner, lifetime } = outcome.value;
    expect(owner).toBe(`j:${String(made.iss)}\0${made.sub}`);
    expect(lifetime).toBe((made.exp + LEEWAY) * 1000);
  }

  #mustBeGranted(made: Attempt): boolean {
    return isSound(made) && (made.iss === 'local' ? made.signer === 0 : this.#possible.every((keys) => isKeyIn(keys, made)));
  }

  #mayBeGranted(made: Attempt): boolean {
    return isSound(made) && (made.iss === 'local' ? made.signer === 0 : this.#possible.some((keys) => isKeyIn(keys, made)));
  }
}

function isSound({ iss, aud, exp, nbf = -LEEWAY, sub, isUnsigned, isChanged }: Attempt): boolean {
  const isKnown = iss === 'local' || iss === 'shared';
  const isTimely = exp + LEEWAY > 0 && nbf <= LEEWAY;
  return isKnown && isTimely && !isUnsigned && !isChanged && [aud].flat().includes('app') && sub !== '';
}

function isKeyIn(keys: readonly number[], { signer, kid }: Attempt): boolean {
  if (!keys.includes(signer)) return false;
  if (kid !== undefined) return kid === 'own' || kid === String(signer);
  // Without a kid, RS256 is also an algorithm of the key for PS384.
  const alike = [2, 5].includes(signer) ? keys.filter((n) => n === 2 || n === 5) : [signer];
  return alike.length === 1;
}

async function tokenOf(made: Attempt, now: number): Promise<string> {
  const { signer: index, kid, iss, aud, exp, nbf, sub } = made;
  const signer = SIGNERS[index] ?? expect.fail();
  const claims: JWTPayload = { sub, exp: now + exp };
  if (iss !== undefined) claims.iss = iss;
  if (aud !== undefined) claims.aud = aud;
  if (nbf !== undefined) claims.nbf = now + nbf;
  if (made.isUnsigned) return new UnsecuredJWT(claims).encode();
  const named = kid === 'own' ? String(index) : kid;
  const header = { alg: signer.alg, ...(named === undefined ? {} : { kid: named }) };
  const token = await new SignJWT(claims).setProtectedHeader(header).sign(signer.key);
  if (!made.isChanged) return token;
  const [head, , signature] = token.split('.');
  return [head, Buffer.from(JSON.stringify({ ...claims, sub: 'eve' })).toString('base64url'), signature].join('.');
}

describe('tokens of an independent signer, while keys change', () => {
  it('A2 A4 A5 A10: access is granted to valid tokens only, with their owner and lifetime', { timeout: 240_000 }, async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const world = new World();
      await new Promise((resolve) => setImmediate(resolve));
      for (const one of steps) {
        if (one.does === 'wait') world.wait(one.seconds);
        else if (one.does === 'publish') world.publish(one.isUp ? one.keys : undefined);
        else if (one.does === 'again') await world.again(one.index);
        else await world.connect(one.attempt);
      }
    });
    await fc.assert(property, { numRuns: 300 });
  });
});
