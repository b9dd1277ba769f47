import type { ValidToken } from '../../../application/ports/requests.ts';
import type { Selector } from '../../../domain/topic.ts';
import { selectorOf, type MatchType } from './selectors.ts';

/** MER7: the topics that a token allows for each action; undefined if the token has no entry for the action. */
export interface Claims {
  readonly publish: readonly Selector[] | undefined;
  readonly subscribe: readonly Selector[] | undefined;
}

const DETAIL_TYPE = 'https://mercure.rocks/authorization-detail';
const ACCESS_TOKEN = 'at+jwt';
// Each selector is matched with each topic of a publication.
const MAX_SELECTORS = 100;

const NO_CLAIMS: Claims = { publish: undefined, subscribe: undefined };

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads the claims of Mercure 1.0 (`authorization_details`) or 0.x (`mercure`).
 * @returns undefined for a token with any malformed entry; the whole token is rejected then.
 */
export function readClaims({ type, claims, expiresAt }: ValidToken): Claims | undefined {
  const details = claims['authorization_details'];
  if (type !== ACCESS_TOKEN) return legacyClaims(claims);
  // RFC 9068, 2.2: an access token must have an expiry.
  if (expiresAt === Number.POSITIVE_INFINITY) return undefined;
  return details === undefined ? legacyClaims(claims) : detailedClaims(details);
}

function legacyClaims(claims: Members): Claims | undefined {
  const mercure = claims['mercure'] ?? claims['https://mercure.rocks/'];
  if (!isObject(mercure)) return NO_CLAIMS;
  const [publish, subscribe] = [selectorsOf(mercure['publish'], 'topic'), selectorsOf(mercure['subscribe'], 'topic')];
  return publish === 'malformed' || subscribe === 'malformed' ? undefined : { publish, subscribe };
}

function detailedClaims(details: unknown): Claims | undefined {
  if (!Array.isArray(details)) return undefined;
  const allowed: Record<string, Selector[]> = {};
  let count = 0;
  for (const detail of details as unknown[]) {
    if (!isObject(detail)) return undefined;
    if (detail['type'] !== DETAIL_TYPE) continue;
    const { actions, topics } = detail;
    const selectors = isNonEmptyList(topics) && topics.every(isObject) ? selectorsOf(topics, 'topic') : 'malformed';
    if (!isNonEmptyList(actions) || !actions.every((action) => typeof action === 'string')) return undefined;
    if (selectors === 'malformed' || selectors === undefined) return undefined;
    count += selectors.length;
    for (const action of new Set(actions)) (allowed[`to ${action}`] ??= []).push(...selectors);
  }
  return count > MAX_SELECTORS ? undefined : { publish: allowed['to publish'], subscribe: allowed['to subscribe'] };
}

/** A list of strings (0.x) and of objects with `match` and `match_type`. */
function selectorsOf(list: unknown, type: MatchType): readonly Selector[] | 'malformed' | undefined {
  if (!Array.isArray(list)) return undefined;
  if (list.length > MAX_SELECTORS) return 'malformed';
  const selectors: Selector[] = [];
  for (const entry of list as unknown[]) {
    const selector = typeof entry === 'string' ? selectorOf(entry, type) : isObject(entry) ? objectSelector(entry) : undefined;
    if (selector === undefined) return 'malformed';
    selectors.push(selector);
  }
  return selectors;
}

function objectSelector({ match, match_type: type = 'exact' }: Members): Selector | undefined {
  if (typeof match !== 'string' || match === '') return undefined;
  return type === 'exact' || type === 'urlpattern' ? selectorOf(match, type) : undefined;
}

function isNonEmptyList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
