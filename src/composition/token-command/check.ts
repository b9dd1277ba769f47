import { readKeySet } from '../../adapters/token-verifiers/jwt/key-set-document.ts';
import type { FetchKeySet } from '../../adapters/token-verifiers/jwt/fetch-key-set.ts';
import { signatureKey, type SignatureKey } from '../../adapters/token-verifiers/jwt/signature-key.ts';
import { tokenKeys, webAddress } from '../configuration/auth-option-types.ts';
import { UnusableSecret } from '../configuration/option.ts';
import { readTokenArguments, TokenUsageError, type TokenFlags } from './arguments.ts';
import { explain, type Explanation } from './explain.ts';
import { readTokenKey } from '../../adapters/token-verifiers/jwt/token-key.ts';
import { decodeToken } from '../../adapters/token-verifiers/jwt/decode.ts';

const FETCH_TIMEOUT_MS = 5000;

/** Explains a token. @param now Unix time in milliseconds. @throws TokenUsageError, also if the key set can't be fetched. */
export async function check(args: readonly string[], now: number, fetch: FetchKeySet): Promise<Explanation> {
  const { flags, rest } = readTokenArguments(args, ['key', 'jwks', 'issuer', 'audience']);
  const [token, ...others] = rest;
  if (token === undefined || others.length > 0) throw new TokenUsageError('give one token');
  const { issuer, audience = 'signalbox' } = flags;
  return explain(token, { keys: await keysOf(flags, token, fetch), issuer, audience, now });
}

/** @returns undefined without a flag for keys. */
async function keysOf(
  { key, jwks }: TokenFlags,
  token: string,
  fetch: FetchKeySet,
): Promise<readonly SignatureKey[] | undefined> {
  if (key !== undefined && jwks !== undefined) throw new TokenUsageError('--key and --jwks exclude each other');
  if (key !== undefined) return keysIn(key);
  return jwks === undefined ? undefined : keysAt(jwks, token, fetch);
}

function keysIn(texts: readonly string[]): readonly SignatureKey[] {
  const read = tokenKeys().read(texts);
  if (!read.ok) {
    const what = read.refusal instanceof UnusableSecret ? read.refusal.what : 'hidden';
    throw new TokenUsageError(`--key is ${what} (the value is not shown); it must be ${tokenKeys().allowed}`);
  }
  return read.value.flatMap((text) => {
    const key = readTokenKey(text);
    return key.ok ? [signatureKey(key.value)] : [];
  });
}

/** The keys that the broker would use for the token: those of its `kid`. */
async function keysAt(url: string, token: string, fetch: FetchKeySet): Promise<readonly SignatureKey[]> {
  const address = webAddress().read(url);
  if (!address.ok) throw new TokenUsageError(`--jwks must be ${webAddress().allowed}`);
  const kid = decodeToken(token)?.header['kid'];
  try {
    const { text } = await fetch(url, AbortSignal.timeout(FETCH_TIMEOUT_MS));
    const read = readKeySet(text);
    if (!read.ok) throw new Error(read.refusal);
    return read.value.keys.filter((key) => kid === undefined || key.kid === kid).map(({ key }) => signatureKey(key));
  } catch (error) {
    throw new TokenUsageError(
      `the key set of --jwks can not be fetched: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
