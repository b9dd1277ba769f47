import { isPattern } from '../../domain/name-patterns.ts';
import { MIN_SECRET_BYTES, readTokenKey } from '../../adapters/token-verifiers/jwt/token-key.ts';
import { accepted, refused, type Result } from '../../domain/result.ts';
import { isLoopback } from './loopback.ts';
import { HIDDEN, list, text, UnusableSecret, type ValueType } from './option.ts';

/** An issuer of tokens. It has keys or a key set. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly keys: readonly string[];
  readonly jwks: string | undefined;
  /** Undefined for that of the option `auth_audience`. */
  readonly audience: string | undefined;
  /** Undefined for all. */
  readonly realms: readonly string[] | undefined;
}

/** An issuer as it is configured. */
export interface GivenIssuer {
  readonly issuer: string;
  readonly key?: string;
  readonly keys?: readonly string[];
  readonly jwks?: string;
  readonly audience?: string;
  readonly realms?: readonly string[];
}

const MAX_KEYS = 8;
const MAX_ISSUERS = 64;
const KEY_FORM = `a shared secret of at least ${MIN_SECRET_BYTES} bytes, or one public RSA, EC or Ed25519 key as PEM or JWK`;

/** A2: keys that verify tokens. They are never shown; the reason for a refusal is. */
export function tokenKeys(): ValueType<readonly string[], string | readonly string[]> {
  return {
    takes: 'many',
    placeholder: '<secret|PEM|JWK>',
    allowed: `${KEY_FORM}; at most ${MAX_KEYS} of them`,
    isSecret: true,
    separate: (written) => Array.from(written.matchAll(/(?:\{[^}]*\}|[^,])+/g), ([key]) => key.trim()),
    read: (raw) => {
      const keys = readKeys([raw].flat());
      return keys.ok ? keys : refused(keys.refusal === undefined ? HIDDEN : new UnusableSecret(keys.refusal));
    },
  };
}

/** A key is trimmed, because files and environments add line breaks. */
function readKeys(raw: readonly unknown[]): Result<readonly string[], string | undefined> {
  const keys = new Set<string>();
  for (const item of raw) {
    if (typeof item !== 'string') return refused(undefined);
    const key = item.replaceAll('\uFEFF', '').trim();
    const read = readTokenKey(key);
    if (!read.ok) return refused(read.refusal);
    keys.add(key);
  }
  return keys.size > MAX_KEYS ? refused(`${keys.size} keys`) : accepted([...keys]);
}

/** A text that a claim must equal or contain. */
export function claimText(placeholder: string, allowed: string): ValueType<string> {
  return text({ placeholder, allowed, parse: (value) => (isName(value) ? value : undefined) });
}

/** A10: the URL of a key set. */
export function webAddress(): ValueType<string> {
  const form = text({
    placeholder: '<url>',
    allowed:
      "an https URL without user and fragment, such as 'https://login.example.org/.well-known/jwks.json'; http on loopback",
    parse: (value) => (isWebAddress(value) ? value : undefined),
  });
  return { ...form, hint: (refusal) => (/^http:/i.test(String(refusal)) ? 'use https' : undefined) };
}

function isWebAddress(value: string): boolean {
  if (!URL.canParse(value) || value.includes('#')) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** A3: patterns of ids. */
export function reservedIds(): ValueType<readonly string[], string | readonly string[]> {
  return list({
    placeholder: '<id>',
    allowed: "ids of 1 to 256 characters, such as 'support' or 'team-*', with a * at the end only",
    parse: (value) => (isPattern(value) ? value : undefined),
  });
}

/** A2: a list of issuers, or its JSON text. It may contain keys, so it is never shown. */
export function trustedIssuers(): ValueType<readonly TrustedIssuer[], string | readonly GivenIssuer[]> {
  return {
    takes: 'one',
    placeholder: '<json>',
    allowed:
      'a JSON list of objects such as {"issuer": "https://login.example.org/", "jwks": "https://login.example.org/keys", ' +
      `"audience": "my-app", "realms": ["app"]}, or with "keys" in place of "jwks"; at most ${MAX_ISSUERS} of them`,
    isSecret: true,
    read: (raw) => {
      const listed = typeof raw === 'string' ? parsed(raw) : raw;
      if (!Array.isArray(listed) || listed.length > MAX_ISSUERS) return refused(HIDDEN);
      const issuers: TrustedIssuer[] = [];
      for (const [n, item] of (listed as unknown[]).entries()) {
        const issuer = readIssuer(item);
        if (!issuer.ok) return refused(new UnusableSecret(`a list whose entry ${n + 1} has ${issuer.refusal}`));
        issuers.push(issuer.value);
      }
      const names = issuers.map(({ issuer }) => issuer);
      return new Set(names).size < names.length
        ? refused(new UnusableSecret('a list that has an issuer twice'))
        : accepted(issuers);
    },
  };
}

const MEMBERS: ReadonlySet<string> = new Set(['issuer', 'key', 'keys', 'jwks', 'audience', 'realms']);

/** @returns as a refusal, what the entry has, without any part of a key. */
function readIssuer(item: unknown): Result<TrustedIssuer, string> {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return refused('another type than an object');
  const unknown = Object.keys(item).find((member) => !MEMBERS.has(member));
  if (unknown !== undefined) return refused('a member other than issuer, keys, jwks, audience and realms');
  const { issuer, key, keys = key ?? [], jwks, audience, realms } = item as Readonly<Record<string, unknown>>;
  if (!isName(issuer)) return refused('no text as issuer');
  const read = readKeys([keys].flat());
  if (!read.ok) return refused(`as a key ${read.refusal ?? 'another type than a text'}`);
  if (key !== undefined && keys !== key) return refused('key and keys');
  if (read.value.length > 0 === (jwks !== undefined)) return refused('not exactly one of keys and jwks');
  if (jwks !== undefined && !(typeof jwks === 'string' && isWebAddress(jwks))) return refused('a jwks that is not an https URL');
  if (audience !== undefined && !isName(audience)) return refused('an audience that is not a text');
  const isList = realms === undefined || (Array.isArray(realms) && realms.every(isPattern));
  if (!isList) return refused('realms that are not a list of texts');
  return accepted({ issuer, keys: read.value, jwks, audience, realms });
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,256}$/u.test(value);
}

function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}
