import type { RealmSession } from '../../domain/realm.ts';
import type { Millis } from '../../domain/time.ts';
import type { Performer } from '../performer.ts';

/** Something came from an open peer. To be called within a turn. @returns whether it may be worked on. */
export type RecordFrame = (session: RealmSession, now: Millis) => boolean;

/** M8, M19: whatever it says, its peer lives, and pays for it. */
export function recordFrame({ performer }: { readonly performer: Performer }): RecordFrame {
  return (session, now) => {
    const toll = session.realm.frameReceived(session, now);
    if (toll === undefined) return true;
    performer.perform(session.realm, toll, now);
    return toll.do !== 'close';
  };
}
