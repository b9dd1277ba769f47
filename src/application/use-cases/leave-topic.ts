import type { Decision } from '../../domain/decision.ts';
import type { RealmSession } from '../../domain/realm.ts';
import type { Millis } from '../../domain/time.ts';
import type { Performer } from '../performer.ts';
import type { FrameRequest } from '../ports/requests.ts';
import type { TrackPresence } from './track-presence.ts';

/** Unsubscribes an open connection from topics. Must be called within a turn. */
export type LeaveTopic = (session: RealmSession, request: Extract<FrameRequest, { action: 'leave-topics' }>, now: Millis) => void;

export interface LeaveTopicParts {
  readonly performer: Performer;
  /** T19. */
  readonly presence: Pick<TrackPresence, 'left'>;
}

/** T3, T19. */
export function leaveTopic({ performer, presence }: LeaveTopicParts): LeaveTopic {
  return (session, { selectors, receipt }, now) => {
    const decisions: Decision[] = [];
    session.realm.topics(session.traits).leave(session, selectors, decisions);
    if (receipt !== undefined) decisions.push({ do: 'notify', to: [session.connection], event: { event: 'receipt', receipt } });
    performer.performAll(session.realm, decisions, now);
    for (const selector of selectors) {
      if ('topic' in selector && selector.group === undefined) presence.left(session, selector.topic, now);
    }
  };
}
