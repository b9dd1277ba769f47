import type { Decision } from '../../domain/decision.ts';
import type { Performer } from '../performer.ts';
import type { Clock } from '../ports/clock.ts';
import type { RealmSession } from '../../domain/realm.ts';

/** Admits a subscriber that can't be addressed. Must be called within a turn. */
export type AdmitGuest = (session: RealmSession) => void;

/** T9: guests are not addressable, so their ids are not claimed in the directory. */
export function admitGuest({ performer, clock }: { readonly performer: Performer; readonly clock: Clock }): AdmitGuest {
  return (session) => {
    const decisions: Decision[] = [];
    session.realm.admitGuest(session, decisions);
    performer.performAll(session.realm, decisions, clock.now());
  };
}
