import { IGNORE, type Decision } from '../../domain/decision.ts';
import { maySubscribe } from '../../domain/grant.ts';
import type { RealmSession } from '../../domain/realm.ts';
import type { Millis } from '../../domain/time.ts';
import type { Performer } from '../performer.ts';
import type { FrameRequest } from '../ports/requests.ts';

/** Subscribes an open connection to topics. Must be called within a turn. */
export type JoinTopic = (session: RealmSession, request: Extract<FrameRequest, { action: 'join-topics' }>, now: Millis) => void;

/** T1, T3, T5, A3: joins all of the topics or none. The receipt is sent after joining. */
export function joinTopic({ performer }: { readonly performer: Performer }): JoinTopic {
  return (session, { selectors, receipt }, now) => {
    const { realm } = session;
    if (!maySubscribe(session.grant, selectors)) return performer.perform(realm, IGNORE.notAllowed, now);
    const topics = realm.topics(session.traits);
    const refusal = topics.refusalFor(selectors, session);
    if (refusal === 'too-many-topics') return performer.perform(realm, realm.limitExceeded(session), now);
    if (refusal !== undefined) return performer.perform(realm, { do: 'ignore', why: refusal }, now);
    const decisions: Decision[] = [];
    topics.join(session, selectors, decisions);
    if (receipt !== undefined) decisions.push({ do: 'notify', to: [session.connection], event: { event: 'receipt', receipt } });
    performer.performAll(realm, decisions, now);
  };
}
