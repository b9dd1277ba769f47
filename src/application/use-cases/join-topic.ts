import { hasClearance } from '../../domain/clearance.ts';
import type { Decision } from '../../domain/decision.ts';
import { mayJoin } from '../../domain/grant.ts';
import type { RealmSession } from '../../domain/realm.ts';
import { refuseRequest } from '../../domain/request-refusals.ts';
import type { Millis } from '../../domain/time.ts';
import type { Performer } from '../performer.ts';
import type { FrameRequest } from '../ports/requests.ts';

/** Subscribes an open connection to topics. Must be called within a turn. */
export type JoinTopic = (session: RealmSession, request: Extract<FrameRequest, { action: 'join-topics' }>, now: Millis) => void;

/** T1, T3, T5, A3, W5: joins all of the topics or none. The receipt is sent after joining. */
export function joinTopic({ performer }: { readonly performer: Performer }): JoinTopic {
  return (session, { selectors, receipt, isPrivate = false }, now) => {
    const { realm } = session;
    const topics = realm.topics(session.traits);
    const mayJoinAll = mayJoin(session, selectors) && (!isPrivate || hasClearance(session.requestedTopics ?? {}, selectors));
    const refusal = mayJoinAll ? topics.refusalFor(selectors, session) : 'not-allowed';
    if (refusal !== undefined) {
      const mustClose = refusal === 'too-many-topics' && (receipt === undefined || session.traits.refusesRequests !== true);
      const decisions = mustClose ? [realm.limitExceeded(session)] : refuseRequest(session, receipt, refusal);
      return performer.performAll(realm, decisions, now);
    }
    const decisions: Decision[] = [];
    topics.join(session, selectors, decisions);
    if (receipt !== undefined) decisions.push({ do: 'notify', to: [session.connection], event: { event: 'receipt', receipt } });
    performer.performAll(realm, decisions, now);
  };
}
