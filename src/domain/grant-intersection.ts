import type { Grant, TopicGrant } from './grant.ts';
import { commonPatterns } from './name-patterns.ts';

/**
 * A9: the rights that two grants have in common. The owner is that of the first grant, if it has one. Lists of ids that both
 * grants name are compared with each other; a list of one grant only is taken as it is.
 */
export function grantInBoth(first: Grant, second: Grant): Grant {
  return {
    owner: first.owner ?? second.owner,
    subject: first.subject ?? second.subject,
    tokenId: first.tokenId ?? second.tokenId,
    ids: commonPatterns(first.ids, second.ids),
    reservedIds: [...new Set([...first.reservedIds, ...second.reservedIds])],
    realms: commonPatterns(first.realms, second.realms),
    lifetime: Math.min(first.lifetime, second.lifetime),
    messagesPerSecond: lowest(first.messagesPerSecond, second.messagesPerSecond),
    mayDiscover: first.mayDiscover && second.mayDiscover,
    mayUseIce: first.mayUseIce && second.mayUseIce,
    topics: topicsInBoth(first.topics, second.topics),
  };
}

function lowest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

function topicsInBoth(one: TopicGrant | undefined, other: TopicGrant | undefined): TopicGrant | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    publish: commonPatterns(one.publish, other.publish) ?? [],
    subscribe: commonPatterns(one.subscribe, other.subscribe) ?? [],
  };
}
