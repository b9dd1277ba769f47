import { IGNORE, type Decision } from './decision.ts';
import type { Session } from './session.ts';
import type { RequestRefusal } from './topic.ts';

/**
 * W5: the decisions for a request that has no effect. The client is notified if its wire has a refusal of one request and the
 * request has a number.
 */
export function refuseRequest(
  { connection, traits }: Pick<Session, 'connection' | 'traits'>,
  receipt: number | undefined,
  why: RequestRefusal,
): Decision[] {
  const decisions: Decision[] = why === 'too-many-topics' || why === 'payload-too-large' ? [] : [IGNORED[why]];
  if (traits.refusesRequests !== true || receipt === undefined) return decisions;
  return [...decisions, { do: 'notify', to: [connection], event: { event: 'refused', receipt, why } }];
}

const IGNORED = {
  'topic-unusable': IGNORE.unusable,
  'not-allowed': IGNORE.notAllowed,
} as const;
