import { slotOf } from '../../domain/ids.ts';
import { scanSessions, type ScannedSession } from '../connection-scan.ts';
import type { Connections } from '../connections.ts';
import { summaryOf } from '../peer-summary.ts';
import type { Clock } from '../ports/clock.ts';
import type { PeerCursor, PeerPage, PeerQuery, PeerSummary } from '../ports/operations.ts';

/** ADM2: lists peers and guests of this node. */
export type ListConnections = (query: PeerQuery, answer: (page: Omit<PeerPage, 'missing'>) => void) => void;

export interface ListConnectionsParts {
  readonly connections: Connections;
  readonly clock: Clock;
}

export function listConnections(parts: ListConnectionsParts): ListConnections {
  return (query, answer) => {
    const peers: PeerSummary[] = [];
    const now = parts.clock.now();
    const after = positionOf(query.after);
    let isMore = false;
    scanSessions(
      parts,
      after?.slot ?? 0,
      (found) => {
        if (!isBehind(after, found) || !matches(query, found)) return 'next';
        isMore = peers.length === query.limit;
        if (!isMore) peers.push(summaryOf(found, now));
        return isMore ? 'stop' : 'next';
      },
      () => answer({ peers, next: isMore ? cursorBehind(peers.at(-1)) : undefined }),
    );
  };
}

function matches({ realm, prefix }: PeerQuery, { session }: ScannedSession): boolean {
  if (session.state === 'closed' || (realm !== undefined && session.realm.key !== realm)) return false;
  return prefix === undefined || session.id.startsWith(prefix);
}

interface Position {
  readonly slot: number;
  readonly node: string;
}

/** Nodes are compared too, so that the pages of several nodes can be merged. */
function isBehind(after: Position | undefined, { slot, session }: ScannedSession): boolean {
  return after === undefined || slot > after.slot || session.realm.node > after.node;
}

/** The cursor of the page that begins behind a peer. */
export function cursorBehind(last: PeerSummary | undefined): PeerCursor | undefined {
  return last && `${slotOf(last.connection)}@${last.node}`;
}

/** @returns undefined for a text that is no cursor. */
function positionOf(cursor: PeerCursor | undefined): Position | undefined {
  const { slot, node } = /^(?<slot>\d{1,7})@(?<node>.+)$/.exec(cursor ?? '')?.groups ?? {};
  return slot === undefined || node === undefined ? undefined : { slot: Number(slot), node };
}
