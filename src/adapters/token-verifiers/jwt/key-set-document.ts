import type { Algorithm } from 'fast-jwt';
import { accepted, refused, type Result } from '../../../domain/result.ts';
import { readJwk, type TokenKey } from './token-key.ts';

/** A usable key of a key set. */
export interface PublishedKey {
  readonly kid: string | undefined;
  /** Equal for equal keys. */
  readonly identity: string;
  readonly key: TokenKey;
}

export interface KeySetDocument {
  readonly keys: readonly PublishedKey[];
  /** Number of entries that can't verify tokens: of other kinds, for encryption, or damaged. */
  readonly skipped: number;
}

const MAX_KEYS = 32;
const KINDS: ReadonlySet<unknown> = new Set(['RSA', 'EC', 'OKP']);

type Members = Readonly<Record<string, unknown>>;

/** A10: reads a JWK set (RFC 7517). The refusal is a text for the log. */
export function readKeySet(text: string): Result<KeySetDocument, string> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return refused('the response is not JSON');
  }
  const entries: unknown = isObject(document) ? document['keys'] : undefined;
  if (!Array.isArray(entries)) return refused('the response is not a JWK set');
  if (entries.length > MAX_KEYS) return refused(`the set has ${entries.length} keys; at most ${MAX_KEYS} are allowed`);
  const keys = (entries as unknown[]).flatMap((entry) => keyIn(entry) ?? []);
  return accepted({ keys, skipped: entries.length - keys.length });
}

/** @returns undefined for an entry that can't verify tokens. */
function keyIn(entry: unknown): PublishedKey | undefined {
  if (!isObject(entry)) return undefined;
  const { kty, kid, use, key_ops: operations, alg, n, e, crv, x, y, d } = entry;
  if (!KINDS.has(kty) || use === 'enc' || (kid !== undefined && typeof kid !== 'string')) return undefined;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return undefined;
  const read = readJwk({ kty, n, e, crv, x, y, d });
  if (!read.ok) return undefined;
  const algorithms = alg === undefined ? read.value.algorithms : read.value.algorithms.filter((one) => one === alg);
  return algorithms.length === 0 ? undefined : published(kid, read.value.key, algorithms);
}

function published(kid: string | undefined, key: string, algorithms: Algorithm[]): PublishedKey {
  return { kid, identity: JSON.stringify([kid, key, algorithms]), key: { key, algorithms } };
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
