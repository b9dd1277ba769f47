import type { RealmSession } from '../../domain/realm.ts';
import { findSession, type FindSessionParts } from '../find-session.ts';
import type { Performer } from '../performer.ts';
import type { PeerTarget } from '../ports/operations.ts';
import type { Turns } from '../turns.ts';

/** ADM3: closes connections for the operator. */
export interface ExpelPeer {
  /** @param answer receives the number of closed connections. */
  readonly byId: (target: PeerTarget, answer: (closed: number) => void) => void;
  /** Must be called outside of turns, or from a queued fact. @returns whether the session was open or connecting. */
  readonly session: (session: RealmSession) => boolean;
}

export interface ExpelPeerParts extends FindSessionParts {
  readonly performer: Performer;
  readonly turns: Turns;
}

export function expelPeer(parts: ExpelPeerParts): ExpelPeer {
  const { performer, turns, clock } = parts;
  return {
    byId: (target, answer) => findSession(parts, target, (found) => answer(found !== undefined && close(found.session) ? 1 : 0)),
    session: close,
  };

  function close(session: RealmSession): boolean {
    const { realm, state } = session;
    if (state !== 'open' && state !== 'connecting') return false;
    const decide = (): void => {
      const now = clock.now();
      if (session.state === 'connecting') performer.perform(realm, realm.refuse(session, { reason: 'banned' }), now);
      else if (session.state === 'open') performer.perform(realm, realm.aborted(session, 'removed'), now);
    };
    turns.run(decide);
    return true;
  }
}
