import type { Decision } from '../../domain/decision.ts';
import type { RealmSession } from '../../domain/realm.ts';
import type { Millis } from '../../domain/time.ts';
import type { Performer } from '../performer.ts';
import type { FrameRequest } from '../ports/requests.ts';

/** Unsubscribes an open connection from topics. Must be called within a turn. */
export type LeaveTopic = (session: RealmSession, request: Extract<FrameRequest, { action: 'leave-topics' }>, now: Millis) => void;

/** T3. */
export function leaveTopic({ performer }: { readonly performer: Performer }): LeaveTopic {
  return (session, { selectors, receipt }, now) => {
    const decisions: Decision[] = [];
    session.realm.topics(session.traits).leave(session, selectors, decisions);
    if (receipt !== undefined) decisions.push({ do: 'notify', to: [session.connection], event: { event: 'receipt', receipt } });
    performer.performAll(session.realm, decisions, now);
  };
}
