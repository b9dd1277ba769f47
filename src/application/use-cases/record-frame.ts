import type { RealmSession } from '../../domain/realm.ts';
import type { Millis } from '../../domain/time.ts';
import type { Performer } from '../performer.ts';

/** Records a frame of an open peer. Must be called within a turn. @returns whether the frame may be handled. */
export type RecordFrame = (session: RealmSession, now: Millis, bytes: number, requests?: number) => boolean;

/** M8, M19, M22, W8: every frame counts for liveness and for the rate limit, whether or not it is valid. */
export function recordFrame({ performer }: { readonly performer: Performer }): RecordFrame {
  return (session, now, bytes, requests) => {
    const decision = session.realm.frameReceived(session, now, bytes, requests);
    if (decision === undefined) return true;
    performer.perform(session.realm, decision, now);
    return decision.do !== 'close';
  };
}
