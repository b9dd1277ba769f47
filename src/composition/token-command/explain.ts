import { readClaims } from '../../adapters/authorizers/jwt/claims.ts';
import { decodeToken } from '../../adapters/token-verifiers/jwt/decode.ts';
import { FixedKeys } from '../../adapters/token-verifiers/jwt/key-source.ts';
import type { SignatureKey } from '../../adapters/token-verifiers/jwt/signature-key.ts';
import { JwtVerifier } from '../../adapters/token-verifiers/jwt/verifier.ts';
import type { TokenOutcome } from '../../application/ports/token-verifier.ts';
import type { AccessRefusal } from '../../domain/refusal.ts';
import { visible } from '../../domain/visible-text.ts';
import { clockNote, momentOf } from './moments.ts';

export interface Explanation {
  readonly lines: readonly string[];
  readonly isValid: boolean;
}

export interface TokenConditions {
  /** Undefined if the signature is not verified. */
  readonly keys: readonly SignatureKey[] | undefined;
  readonly issuer: string | undefined;
  readonly audience: string;
  /** Unix time in milliseconds. */
  readonly now: number;
}

type Members = Readonly<Record<string, unknown>>;

const LEEWAY_MS = 5000;
const NAME_WIDTH = 20;
const VALUE_WIDTH = 32;

/** The meaning of each claim. */
const CLAIMS: Readonly<Record<string, string>> = {
  iss: 'issuer: the broker needs the same in auth_issuer or auth_issuers',
  sub: 'subject: with the issuer, the owner of the ids that the client takes',
  aud: 'audience: must contain auth_audience',
  jti: 'id of this token',
};
const OWN_CLAIMS: Readonly<Record<string, string>> = {
  id: 'ids that the client may take',
  realm: 'keys of the realms that the client may use',
  discover: 'whether the client may list peers',
  ice: 'whether the client receives ICE servers',
  topics: 'topics of Socket.IO, relay and Peero',
  rate: 'messages per second',
};

/** The meaning of each failed check. */
const FAILURES: Readonly<Record<string, string>> = {
  form: 'it is not a signed token in compact form, or longer than 8192 characters',
  issuer: 'its claim iss is not the expected issuer',
  key: 'no key has its kid',
  algorithm: 'no key is of the kind that its algorithm needs',
  signature: 'another key signed it, or it was changed',
  exp: 'its claim exp is missing or not a number; a token must expire',
  nbf: 'its claim nbf is not a number',
  audience: 'its claim aud does not contain the expected audience',
  claims: 'a claim has an unexpected type',
};

/** Explains a token: its claims, and why a broker would refuse it. */
export function explain(token: string, conditions: TokenConditions): Explanation {
  const decoded = decodeToken(token);
  if (decoded === undefined) return { lines: [`refused  ${FAILURES['form'] ?? ''}`], isValid: false };
  const { header, payload } = decoded;
  const failure = failureOf(token, conditions, header);
  const verdict = failure === undefined ? 'accepted, if the key, the issuer and the audience are those of the broker' : failure;
  return {
    lines: [
      line(
        'alg',
        header['alg'],
        conditions.keys === undefined ? 'not verified: give --key or --jwks' : 'verified with the given keys',
      ),
      ...(header['kid'] === undefined ? [] : [line('kid', header['kid'], 'name of the key in the key set of the issuer')]),
      ...Object.entries(payload).flatMap(([name, value]) => claimLines(name, value, conditions.now)),
      ...clockNote(payload, conditions.now),
      `${failure === undefined ? 'valid' : 'refused'}  ${verdict}`,
    ],
    isValid: failure === undefined,
  };
}

function claimLines(name: string, value: unknown, now: number): string[] {
  if (name === 'exp' || name === 'nbf' || name === 'iat') return [line(name, value, momentOf(name, value, now))];
  if (name !== 'signalbox') return [line(name, value, oddness({ [name]: value }) ?? CLAIMS[name] ?? 'not read')];
  if (!isObject(value)) return [line(name, value, 'unexpected: must be an object')];
  return Object.entries(value).map(([member, own]) => {
    const meaning = OWN_CLAIMS[member];
    const odd = oddness({ signalbox: { [member]: own } });
    return line(`signalbox.${member}`, own, meaning === undefined ? 'unexpected: no such claim' : (odd ?? meaning));
  });
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns undefined for claims of the expected types. */
function oddness(claims: Members): string | undefined {
  const read = readClaims({ claims, issuer: '', realms: undefined, type: undefined, lifetime: 1 }, 'signalbox.id');
  return read.ok ? undefined : 'unexpected type or value';
}

/** The reason why a broker refuses the token. Without keys, every signature counts as valid. */
function failureOf(token: string, { keys, issuer, audience, now }: TokenConditions, header: Members): string | undefined {
  const { alg } = header;
  const anyKey: SignatureKey = { algorithms: [typeof alg === 'string' ? alg : ''], verifies: () => true };
  const settings = {
    ...{
      name: issuer,
      audience,
      realms: undefined,
      leeway: LEEWAY_MS,
      needsAudience: audience !== 'signalbox',
      needsExpiry: true,
    },
    keys: new FixedKeys(keys ?? [anyKey]),
  };
  const outcomes: TokenOutcome[] = [];
  new JwtVerifier([settings], () => now).verify(token, (outcome) => outcomes.push(outcome));
  const [outcome] = outcomes;
  if (outcome === undefined) return 'no answer';
  if (!outcome.ok) return reasonOf(outcome.refusal);
  const read = readClaims(outcome.value, 'signalbox.id');
  return read.ok ? undefined : reasonOf(read.refusal);
}

function reasonOf(refusal: AccessRefusal): string {
  if (refusal.reason === 'token-expired') return 'it has expired';
  if (refusal.reason === 'token-early') return 'it is not valid yet: compare the clocks';
  return refusal.reason === 'token-invalid' ? (FAILURES[refusal.detail] ?? refusal.detail) : refusal.reason;
}

function line(name: string, value: unknown, meaning: string): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Control characters of a token could rewrite the terminal.
  const printable = visible(text, () => '?');
  return `${name.padEnd(NAME_WIDTH)}${printable.padEnd(VALUE_WIDTH)}  ${meaning}`;
}
