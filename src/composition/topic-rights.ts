import { claimsIn } from '../adapters/dialects/mercure/claims.ts';
import { coverage } from '../adapters/dialects/mercure/selectors.ts';
import type { Authenticator, TokenUse } from '../application/ports/authenticator.ts';
import type { Config } from './configuration/config.ts';

/** SIO10: what a connection may do in the topics of Mercure. */
export interface TopicRights {
  readonly mayListen: boolean;
  mayHearPrivate(topic: string): boolean;
  mayPublish(topic: string): boolean;
}

type Policy = Pick<Config, 'dialects' | 'mercureOpen' | 'mercureAnonymous' | 'mercurePublisherKey' | 'mercureSubscriberKey'>;

const NO_TOPIC = (): boolean => false;
const ALL: TopicRights = { mayListen: true, mayHearPrivate: () => true, mayPublish: () => true };
/** MER7: without a token, what is public may be heard. */
const PUBLIC: TopicRights = { mayListen: true, mayHearPrivate: NO_TOPIC, mayPublish: NO_TOPIC };

/** SIO10: the rules of Mercure (MER7) for another wire of the same space. */
export function topicRights(
  policy: Policy,
  authenticator: Authenticator,
): (token: string | undefined) => TopicRights | undefined {
  if (isOpen(policy)) return () => ALL;
  return (token) => {
    if (token === undefined) return policy.mercureAnonymous ? PUBLIC : undefined;
    const claimsFor = (use: TokenUse): ReturnType<typeof claimsIn> | undefined => {
      const payload = authenticator.claimsOf(token, use);
      return payload === undefined ? undefined : claimsIn(payload);
    };
    const [publisher, subscriber] = [claimsFor('publisher'), claimsFor('subscriber')];
    if (publisher === undefined && subscriber === undefined) return undefined;
    return {
      mayListen: subscriber !== undefined || policy.mercureAnonymous,
      mayHearPrivate: coverage(subscriber?.subscribe ?? []),
      mayPublish: coverage(publisher?.publish ?? []),
    };
  };
}

/** Without Mercure and its keys there are no tokens, so nothing can ask for one. */
function isOpen({ dialects, mercureOpen, mercurePublisherKey, mercureSubscriberKey }: Policy): boolean {
  const isKeyed = mercurePublisherKey !== undefined || mercureSubscriberKey !== undefined;
  return mercureOpen || (!isKeyed && !dialects.includes('mercure'));
}
