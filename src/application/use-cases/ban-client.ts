import type { Ban, BanRefusal, BanRequest, BanTable } from '../../domain/bans.ts';
import { accepted, type Result } from '../../domain/result.ts';
import { scanSessions } from '../connection-scan.ts';
import type { Connections } from '../connections.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExpelPeer } from './expel-peer.ts';

/** ADM4: bans a client on this node, and closes its connections. */
export type BanClient = (
  request: BanRequest,
  answer: (outcome: Result<{ readonly ban: Ban; readonly closed: number }, BanRefusal>) => void,
) => void;

export interface BanClientParts {
  readonly bans: BanTable;
  readonly connections: Connections;
  readonly clock: Clock;
  readonly expelPeer: ExpelPeer;
}

export function banClient(parts: BanClientParts): BanClient {
  const { bans, clock, expelPeer } = parts;
  return (request, answer) => {
    const added = bans.add(request, clock.now());
    if (!added.ok) return answer(added);
    let closed = 0;
    scanSessions(
      parts,
      0,
      ({ connection: { address }, session }) => {
        const { realm, id, grant } = session;
        const facts = { realm: realm.key, id, subject: grant.subject, tokenId: grant.tokenId, address };
        if (bans.find(facts, clock.now()) !== undefined && expelPeer.session(session)) closed += 1;
        return true;
      },
      () => answer(accepted({ ban: added.value, closed })),
    );
  };
}
