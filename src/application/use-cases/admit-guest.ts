import type { Decision } from '../../domain/decision.ts';
import type { Connections } from '../connections.ts';
import type { Performer } from '../performer.ts';
import type { Clock } from '../ports/clock.ts';
import type { RealmSession } from '../../domain/realm.ts';

/** Admits a subscriber that can't be addressed. Must be called within a turn. */
export type AdmitGuest = (session: RealmSession) => void;

export interface AdmitGuestParts {
  readonly performer: Performer;
  readonly connections: Pick<Connections, 'fanOut'>;
  readonly clock: Clock;
}

/**
 * T9: guests are not addressable, so their ids are not claimed in the directory. MER5, B1: a replay that waits is memory of the
 * guest.
 */
export function admitGuest({ performer, connections, clock }: AdmitGuestParts): AdmitGuest {
  return (session) => {
    const decisions: Decision[] = [];
    session.realm.admitGuest(session, decisions);
    connections.fanOut.publishFor(session.memory, () => performer.performAll(session.realm, decisions, clock.now()));
  };
}
