import { hasClearance } from '../../domain/clearance.ts';
import type { Decision } from '../../domain/decision.ts';
import { mayJoin } from '../../domain/grant.ts';
import type { Room } from '../../domain/member.ts';
import type { RealmSession } from '../../domain/realm.ts';
import { refuseRequest } from '../../domain/request-refusals.ts';
import type { Millis } from '../../domain/time.ts';
import type { Selector } from '../../domain/topic.ts';
import type { Performer } from '../performer.ts';
import type { FrameRequest } from '../ports/requests.ts';
import type { RetainedReplay } from '../retained-replay.ts';
import type { TrackPresence } from './track-presence.ts';

/** Subscribes an open connection to topics. Must be called within a turn. */
export type JoinTopic = (session: RealmSession, request: Extract<FrameRequest, { action: 'join-topics' }>, now: Millis) => void;

export interface JoinTopicParts {
  readonly performer: Performer;
  readonly retainedReplay: Pick<RetainedReplay, 'send'>;
  /** T19. */
  readonly presence: Pick<TrackPresence, 'joined'>;
}

/** T1, T3, T5, A3, W5: joins all of the topics or none, or each one by itself. The receipt is sent after joining. */
export function joinTopic({ performer, retainedReplay, presence }: JoinTopicParts): JoinTopic {
  return (session, { selectors, receipt, isPrivate = false, isSeparate, retained = [], presence: wish }, now) => {
    const { realm } = session;
    const topics = realm.topics(session.traits);
    if (isSeparate === true) {
      performer.performAll(realm, joinEach(session, selectors, receipt), now);
      return retainedReplay.send(session, retained);
    }
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
    retainedReplay.send(session, retained);
    if (wish !== undefined) presence.joined(session, roomsOf(selectors, isPrivate), wish, now);
  };
}

/** T19: a pattern has no room. */
function roomsOf(selectors: readonly Selector[], isPrivate: boolean): Room[] {
  return selectors.flatMap((one) => ('topic' in one && one.group === undefined ? [{ topic: one.topic, isPrivate }] : []));
}

/** W5. */
function joinEach(session: RealmSession, selectors: readonly Selector[], receipt: number | undefined): Decision[] {
  const topics = session.realm.topics(session.traits);
  const decisions: Decision[] = [];
  const outcomes = selectors.map((selector) => {
    const refusal = mayJoin(session, [selector]) ? topics.refusalFor([selector], session) : 'not-allowed';
    if (refusal === undefined) topics.join(session, [selector], decisions);
    return refusal;
  });
  if (receipt === undefined) return decisions;
  return [...decisions, { do: 'notify', to: [session.connection], event: { event: 'receipt', receipt, outcomes } }];
}
