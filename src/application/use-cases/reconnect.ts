import type { Decision } from '../../domain/decision.ts';
import type { RealmSession } from '../../domain/realm.ts';
import type { Performer } from '../performer.ts';
import type { Clock } from '../ports/clock.ts';

/** A peer of this node is back on another socket, with the token that owns its id. To be called within a turn. */
export type Reconnect = (session: RealmSession) => void;

/** O5: the new socket becomes the peer's, the old one is closed at once and nothing it sends later counts. */
export function reconnect({ performer, clock }: { readonly performer: Performer; readonly clock: Clock }): Reconnect {
  return (session) => {
    const decisions: Decision[] = [];
    session.realm.reconnect(session, decisions);
    performer.performAll(session.realm, decisions, clock.now());
  };
}
