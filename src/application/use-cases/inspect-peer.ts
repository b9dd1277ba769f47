import { findSession, type FindSessionParts } from '../find-session.ts';
import { detailsOf } from '../peer-summary.ts';
import type { MailboxStore } from '../ports/mailbox-store.ts';
import type { PeerDetails, PeerTarget } from '../ports/operations.ts';

/** ADM2: answers what this node knows about a peer; undefined if the peer is not here. */
export type InspectPeer = (target: PeerTarget, answer: (details: PeerDetails | undefined) => void) => void;

export interface InspectPeerParts extends FindSessionParts {
  readonly mailboxes: MailboxStore;
}

export function inspectPeer(parts: InspectPeerParts): InspectPeer {
  const { mailboxes, clock } = parts;
  return (target, answer) =>
    findSession(parts, target, (found) => {
      if (found === undefined) return answer(undefined);
      const { realm, id } = found.session;
      if (mailboxes.measure === undefined) return answer(detailsOf(found, undefined, clock.now()));
      mailboxes.measure(realm.key, id, (waiting) => answer(detailsOf(found, waiting, clock.now())));
    });
}
