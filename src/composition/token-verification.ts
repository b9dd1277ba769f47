import { fetchKeySet, type FetchKeySet } from '../adapters/token-verifiers/jwt/fetch-key-set.ts';
import type { IssuerSettings } from '../adapters/token-verifiers/jwt/issuer.ts';
import { KeySet, type KeySetEvent } from '../adapters/token-verifiers/jwt/key-set.ts';
import { FixedKeys, type KeySource } from '../adapters/token-verifiers/jwt/key-source.ts';
import { signatureKey, type SignatureKey } from '../adapters/token-verifiers/jwt/signature-key.ts';
import { readTokenKey } from '../adapters/token-verifiers/jwt/token-key.ts';
import { JwtVerifier } from '../adapters/token-verifiers/jwt/verifier.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Log } from '../application/ports/log.ts';
import type { GaugeReading, Telemetry } from '../application/ports/telemetry.ts';
import type { TokenVerifier } from '../application/ports/token-verifier.ts';
import type { Millis } from '../domain/time.ts';
import { invariant } from '../domain/invariant.ts';
import type { TrustedIssuer } from './configuration/auth-option-types.ts';
import type { Config } from './configuration/config.ts';
import { onReload } from './reload.ts';

export interface TokenVerificationParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly fetch?: FetchKeySet;
  /** The wall clock, in milliseconds since 1970. */
  readonly unixTime?: () => number;
}

type AuthConfig = Pick<Config, 'auth' | 'authKeys' | 'authJwks' | 'authIssuer' | 'authIssuers' | 'authAudience' | 'authLeeway'>;

/** The wall clock. */
const unixTime = (): number => Date.now();

/** The default audience, which a token need not name. */
const DEFAULT_AUDIENCE = 'signalbox';

/** A2: verifies the tokens of the configured issuers. @returns undefined if no issuer has keys, or `auth` is open. */
export function tokenVerifierOf(config: AuthConfig, parts: TokenVerificationParts): TokenVerifier | undefined {
  const issuers = config.auth === 'open' ? [] : issuersOf(config);
  if (issuers.length === 0) return undefined;
  const keySets = new KeySets(parts);
  const made = (): TokenVerifier => verifierOf(config, keySets, parts.unixTime ?? unixTime);
  let current = made();
  onReload(config, () => {
    keySets.refresh(issuersOf(config).flatMap(({ jwks }) => jwks ?? []));
    current = made();
  });
  return { verify: (token, answer) => current.verify(token, answer) };
}

function verifierOf(config: AuthConfig, keySets: KeySets, now: () => number): TokenVerifier {
  const settings = issuersOf(config).map(({ issuer, keys, jwks, audience = config.authAudience, realms }): IssuerSettings => {
    const isShared = jwks !== undefined;
    return {
      ...{ name: issuer, audience, realms, leeway: 1000 * config.authLeeway },
      keys: isShared ? keySets.at(jwks) : fixedKeys(keys),
      needsAudience: isShared || audience !== DEFAULT_AUDIENCE,
      needsExpiry: true,
    };
  });
  return new JwtVerifier(settings, now);
}

/** MER11: verifies tokens with one key, as Mercure hubs do: without a required issuer, audience and expiry. */
export function verifierOfKey(key: string): TokenVerifier {
  const unchecked = { name: undefined, audience: undefined, realms: undefined, needsAudience: false, needsExpiry: false };
  return new JwtVerifier([{ ...unchecked, keys: fixedKeys([key]), leeway: 0 }], unixTime, Number.POSITIVE_INFINITY);
}

type AnyIssuer = Omit<TrustedIssuer, 'issuer'> & { readonly issuer: string | undefined };

function issuersOf({ authKeys: keys, authJwks: jwks, authIssuer: issuer, authIssuers }: AuthConfig): readonly AnyIssuer[] {
  if (keys.length === 0 && jwks === undefined) return authIssuers;
  return [{ issuer, keys, jwks, audience: undefined, realms: undefined }];
}

/** A key set in use. */
interface UsedKeySet {
  /** Its URL without the query, which may contain a secret. */
  readonly name: string;
  readonly keys: KeySet;
  /** When its keys were fetched. Undefined before. */
  fetchedAt: Millis | undefined;
}

/** The key sets by URL. Issuers with the same URL share its key set. */
class KeySets {
  readonly #parts: TokenVerificationParts;
  readonly #sets = new Map<string, UsedKeySet>();

  constructor(parts: TokenVerificationParts) {
    this.#parts = parts;
    parts.telemetry.gauge('jwks_age_seconds', () => agesOf(this.#sets.values(), parts.clock.now()));
  }

  at(url: string): KeySource {
    const known = this.#sets.get(url);
    if (known !== undefined) return known.keys;
    const { clock, fetch = fetchKeySet } = this.#parts;
    const onEvent = (event: KeySetEvent): void => {
      if (this.#sets.get(url) === used) this.#onEvent(used, event);
    };
    const keys = new KeySet({ url, clock, fetch, onEvent });
    const used: UsedKeySet = { name: withoutQuery(url), keys, fetchedAt: undefined };
    this.#sets.set(url, used);
    keys.prefetch();
    return keys;
  }

  /** Fetches the keys of these URLs again, and forgets all others. Known keys stay in use meanwhile. */
  refresh(urls: readonly string[]): void {
    for (const [url, { keys }] of this.#sets) {
      if (urls.includes(url)) keys.refresh();
      else this.#sets.delete(url);
    }
  }

  #onEvent(used: UsedKeySet, event: KeySetEvent): void {
    const { clock, log, telemetry } = this.#parts;
    if (event.event === 'fetched') used.fetchedAt = clock.now();
    if (event.event !== 'loaded') telemetry.counter('jwks_fetches_total', event.event === 'fetched' ? 'ok' : 'failed').add();
    record(log, used.name, event);
  }
}

function withoutQuery(address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}

/** The age in seconds by name. Of several sets with one name, that of the oldest. */
function agesOf(sets: Iterable<UsedKeySet>, now: Millis): GaugeReading<'jwks_age_seconds'>[] {
  const oldest = new Map<string, Millis>();
  for (const { name, fetchedAt } of sets) {
    if (fetchedAt !== undefined) oldest.set(name, Math.min(fetchedAt, oldest.get(name) ?? fetchedAt));
  }
  return Array.from(oldest, ([name, at]) => ({ labels: [name], value: (now - at) / 1000 }));
}

function record(log: Log, url: string, event: KeySetEvent): void {
  if (event.event === 'unreachable') log.record({ event: 'key-set-unreachable', url, detail: event.detail });
  if (event.event === 'loaded') log.record({ event: 'key-set-loaded', url, keys: event.keys, skipped: event.skipped });
}

function fixedKeys(texts: readonly string[]): FixedKeys {
  return new FixedKeys(texts.map(keyIn));
}

function keyIn(text: string): SignatureKey {
  const read = readTokenKey(text);
  invariant(read.ok, 'the configuration accepted the key');
  return signatureKey(read.value);
}
