import type { BanTable } from '../../domain/bans.ts';
import { scanSessions } from '../connection-scan.ts';
import type { Connections } from '../connections.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExpelPeer } from './expel-peer.ts';

/** ADM4: closes the connections of banned clients on this node. @param answer receives how many. */
export type CloseBanned = (answer: (closed: number) => void) => void;

export interface CloseBannedParts {
  readonly bans: BanTable;
  readonly connections: Connections;
  readonly clock: Clock;
  readonly expelPeer: ExpelPeer;
}

export function closeBanned(parts: CloseBannedParts): CloseBanned {
  const { bans, clock, expelPeer } = parts;
  return (answer) => {
    let closed = 0;
    scanSessions(
      parts,
      0,
      ({ connection: { address }, session }) => {
        const { realm, id, grant } = session;
        const facts = { realm: realm.key, id, subject: grant.subject, tokenId: grant.tokenId, address };
        if (bans.find(facts, clock.now()) === undefined || !expelPeer.session(session)) return 'next';
        closed += 1;
        return 'acted';
      },
      () => answer(closed),
    );
  };
}
