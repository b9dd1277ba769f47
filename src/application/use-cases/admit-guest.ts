import type { Decision } from '../../domain/decision.ts';
import type { Performer } from '../performer.ts';
import type { Clock } from '../ports/clock.ts';
import type { RealmSession } from '../../domain/realm.ts';

/** Somebody comes for topics only. To be called within a turn. */
export type AdmitGuest = (session: RealmSession) => void;

/** T9: nobody can own what nobody is addressed by, so the directory is not asked. */
export function admitGuest({ performer, clock }: { readonly performer: Performer; readonly clock: Clock }): AdmitGuest {
  return (session) => {
    const decisions: Decision[] = [];
    session.realm.admitGuest(session, decisions);
    performer.performAll(session.realm, decisions, clock.now());
  };
}
