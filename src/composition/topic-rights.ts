import { readClaims, type Claims } from '../adapters/dialects/mercure/claims.ts';
import { coversAll } from '../adapters/dialects/mercure/selectors.ts';
import type { Authenticator, TokenUse } from '../application/ports/authenticator.ts';
import type { TopicAccess, TopicRights } from '../application/ports/topic-access.ts';
import type { AccessRefusal } from '../domain/refusal.ts';
import { NEVER, type Millis } from '../domain/time.ts';
import type { Config } from './configuration/config.ts';

/** A9: how clients without a token of Mercure are authenticated. */
export interface AccessSource {
  readonly hasBackend: boolean;
  /** Whether Mercure verifies this text as a token. */
  readonly isOwnToken: (token: string) => boolean;
}

type Policy = Pick<
  Config,
  'auth' | 'dialects' | 'mercureOpen' | 'mercureAnonymous' | 'mercurePublisherKey' | 'mercureSubscriberKey'
>;

const WITHOUT_CLAIMS: AccessRefusal = { reason: 'token-invalid', detail: 'claims' };
const ALL_RIGHTS: TopicRights = { maySubscribe: true, clearance: 'all', expiresAt: NEVER, mayPublish: () => true };
/** MER7: a client without a token may subscribe to public updates. */
const PUBLIC_RIGHTS: TopicRights = { maySubscribe: true, clearance: [], expiresAt: NEVER, mayPublish: () => false };

/** SIO10, CF11: the rules of Mercure (MER7) for the dialects that share its topics. */
export function topicRights(
  policy: Policy,
  authenticator: Authenticator,
  now: () => Millis,
  source: AccessSource = NO_SOURCE,
): TopicAccess {
  // A1: without tokens of Mercure, clients of these dialects are authenticated like those of the other dialects.
  if (!hasOwnTokens(policy) && !policy.mercureOpen && policy.auth !== 'open') return () => ({ ...ALL_RIGHTS, needsAccess: true });
  const own = ownRights(policy, authenticator, now);
  if (!source.hasBackend) return own;
  return (token, onRefused) => {
    const isOwn = !isOpen(policy) && token !== undefined && source.isOwnToken(token);
    if (!isOwn) return { ...ALL_RIGHTS, backendCheck: { token, isVerified: false } };
    const rights = own(token, onRefused);
    return rights && { ...rights, backendCheck: { token, isVerified: true } };
  };
}

const NO_SOURCE: AccessSource = { hasBackend: false, isOwnToken: () => false };

function ownRights(policy: Policy, authenticator: Authenticator, now: () => Millis): TopicAccess {
  if (isOpen(policy)) return () => ALL_RIGHTS;
  return (token, onRefused) => {
    if (token === undefined) return policy.mercureAnonymous ? PUBLIC_RIGHTS : undefined;
    const refusals: AccessRefusal[] = [];
    const read = (use: TokenUse): { readonly claims: Claims; readonly expiresAt: Millis } | undefined => {
      const verified = authenticator.verify(token, use, (refusal) => refusals.push(refusal));
      const expiresAt = verified === undefined ? NEVER : now() + verified.lifetime;
      const claims = verified && readClaims({ ...verified, expiresAt });
      return claims && { claims, expiresAt };
    };
    const [publisher, subscriber] = [read('publisher'), read('subscriber')];
    if (publisher === undefined && subscriber === undefined) {
      // A token with a valid signature for one use is no guess.
      onRefused?.(refusals.find(({ reason }) => reason !== 'token-invalid') ?? refusals[0] ?? WITHOUT_CLAIMS);
      return undefined;
    }
    const expiresAt = Math.min(publisher?.expiresAt ?? NEVER, subscriber?.expiresAt ?? NEVER);
    const published = publisher?.claims.publish ?? [];
    return {
      maySubscribe: subscriber !== undefined || policy.mercureAnonymous,
      clearance: subscriber?.claims.subscribe ?? [],
      expiresAt,
      mayPublish: (topic) => now() < expiresAt && coversAll(published, [topic]) === true,
    };
  };
}

/** Whether the tokens are those of authentication, because Mercure has no keys of its own. */
export function sharesTokens(policy: Policy): boolean {
  const { mercurePublisherKey, mercureSubscriberKey } = policy;
  return !isOpen(policy) && mercurePublisherKey === undefined && mercureSubscriberKey === undefined;
}

/** Without the Mercure dialect and without keys there are no tokens, so all rights are granted. */
function isOpen(policy: Policy): boolean {
  return policy.mercureOpen || !hasOwnTokens(policy);
}

/** NA2: whether a client without a token is refused, as far as the configuration tells. */
export function needsTopicToken(policy: Policy): boolean {
  if (!hasOwnTokens(policy) && !policy.mercureOpen) return policy.auth === 'required';
  return !isOpen(policy) && !policy.mercureAnonymous;
}

function hasOwnTokens({ dialects, mercurePublisherKey, mercureSubscriberKey }: Policy): boolean {
  return mercurePublisherKey !== undefined || mercureSubscriberKey !== undefined || dialects.includes('mercure');
}

type Keys = Pick<Config, 'auth' | 'authKeys' | 'authJwks' | 'authIssuers' | 'mercurePublisherKey' | 'mercureSubscriberKey'>;

/** MER11: whether tokens for a use are verified, by a key of Mercure, or by those of authentication. */
export function hasVerifier(config: Keys, use: TokenUse): boolean {
  const { mercurePublisherKey: publisher, mercureSubscriberKey: subscriber } = config;
  if (publisher !== undefined || subscriber !== undefined) return { publisher, subscriber }[use] !== undefined;
  const { auth, authKeys, authJwks, authIssuers } = config;
  return auth !== 'open' && (authKeys.length > 0 || authJwks !== undefined || authIssuers.length > 0);
}
