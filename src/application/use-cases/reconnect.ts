import type { Decision } from '../../domain/decision.ts';
import type { RealmSession } from '../../domain/realm.ts';
import type { Performer } from '../performer.ts';
import type { Clock } from '../ports/clock.ts';

/** Moves a peer of this node to a new connection with the same token. Must be called within a turn. */
export type Reconnect = (session: RealmSession) => void;

/** O5: the new connection takes over the id. The old one is closed at once, and its later frames are ignored. */
export function reconnect({ performer, clock }: { readonly performer: Performer; readonly clock: Clock }): Reconnect {
  return (session) => {
    const decisions: Decision[] = [];
    session.realm.reconnect(session, decisions);
    performer.performAll(session.realm, decisions, clock.now());
  };
}
