import { readClaims, type Claims } from '../adapters/dialects/mercure/claims.ts';
import { coversAll } from '../adapters/dialects/mercure/selectors.ts';
import type { Authenticator, TokenUse } from '../application/ports/authenticator.ts';
import type { AccessRefusal } from '../domain/refusal.ts';
import { NEVER, type Millis } from '../domain/time.ts';
import type { Clearance } from '../domain/topic.ts';
import type { Config } from './configuration/config.ts';

/** SIO10: the rights of a connection in the topics of Mercure. */
export interface TopicRights {
  readonly maySubscribe: boolean;
  readonly clearance: Clearance;
  /** MER12: the moment at which these rights expire. */
  readonly expiresAt: Millis;
  mayPublish(topic: string): boolean;
}

type Policy = Pick<Config, 'dialects' | 'mercureOpen' | 'mercureAnonymous' | 'mercurePublisherKey' | 'mercureSubscriberKey'>;

const WITHOUT_CLAIMS: AccessRefusal = { reason: 'token-invalid', detail: 'claims' };
const ALL_RIGHTS: TopicRights = { maySubscribe: true, clearance: 'all', expiresAt: NEVER, mayPublish: () => true };
/** MER7: a client without a token may subscribe to public updates. */
const PUBLIC_RIGHTS: TopicRights = { maySubscribe: true, clearance: [], expiresAt: NEVER, mayPublish: () => false };

/** SIO10: the rules of Mercure (MER7) for Socket.IO, which shares its topics. */
export function topicRights(
  policy: Policy,
  authenticator: Authenticator,
  now: () => Millis,
): (token: string | undefined, onRefused?: (refusal: AccessRefusal) => void) => TopicRights | undefined {
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
function isOpen({ dialects, mercureOpen, mercurePublisherKey, mercureSubscriberKey }: Policy): boolean {
  const isKeyed = mercurePublisherKey !== undefined || mercureSubscriberKey !== undefined;
  return mercureOpen || (!isKeyed && !dialects.includes('mercure'));
}
