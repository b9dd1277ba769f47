import { createRequire } from 'node:module';
import type * as FastJwt from 'fast-jwt';
import { readTokenArguments, readDuration, TokenUsageError, type TokenFlags } from './arguments.ts';
import { readSigningKey, type SigningKey } from './signing-key.ts';
import { shown } from '../configuration/reading.ts';

const DEFAULT_TTL = '1h';
/** The library is loaded on use, because every command loads this module. */
const load = createRequire(import.meta.url);

/**
 * Signs a token.
 * @param now Unix time in seconds.
 * @param key of the environment, in place of `--key`.
 * @throws TokenUsageError
 */
export function mint(args: readonly string[], now: number, key: string | undefined): string {
  const own = ['key', 'id', 'realm', 'sub', 'ttl', 'issuer', 'audience', 'kid', 'discover', 'rate'] as const;
  const { flags, rest } = readTokenArguments(args, own);
  if (rest.length > 0) throw new TokenUsageError('unexpected argument; quote a value that contains spaces');
  const { key: signing, algorithm } = signingKeyOf(flags, key);
  const { kid } = flags;
  const { createSigner } = load('fast-jwt') as typeof FastJwt;
  return createSigner({ key: signing, algorithm, ...(kid === undefined ? {} : { kid }) })(claimsOf(flags, now));
}

function signingKeyOf({ key: given = [] }: TokenFlags, fallback: string | undefined): SigningKey {
  const [text = fallback, ...others] = given;
  if (text === undefined) throw new TokenUsageError('no key: give --key, or the variable SIGNALBOX_AUTH_KEY');
  if (others.length > 0) throw new TokenUsageError('--key is given twice; one key signs a token');
  const read = readSigningKey(text);
  if (read.ok) return read.value;
  const source = given.length > 0 ? '--key' : 'SIGNALBOX_AUTH_KEY';
  throw new TokenUsageError(`${source} is ${read.refusal} (the value is not shown); it must be a shared secret or a private PEM`);
}

function claimsOf(flags: TokenFlags, now: number): Record<string, unknown> {
  const { issuer: iss, sub, audience: aud = 'signalbox', ttl = DEFAULT_TTL, id = [], realm = [], discover } = flags;
  const own = withoutGaps({ id: oneOrAll(id), realm: oneOrAll(realm), discover, rate: rateOf(flags) });
  const signalbox = Object.keys(own).length > 0 ? own : undefined;
  return withoutGaps({ iss, sub, aud, iat: now, exp: now + readDuration('--ttl', ttl), signalbox });
}

function rateOf({ rate }: TokenFlags): number | undefined {
  if (rate === undefined) return undefined;
  if (!/^\d{1,6}$/.test(rate) || Number(rate) === 0) {
    throw new TokenUsageError(`--rate is ${shown(rate)}; it must be a whole number of messages per second`);
  }
  return Number(rate);
}

function oneOrAll(values: readonly string[]): string | readonly string[] | undefined {
  return values.length > 1 ? values : values[0];
}

function withoutGaps(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
