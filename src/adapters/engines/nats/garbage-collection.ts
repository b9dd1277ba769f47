import type { Millis } from '../../../domain/time.ts';
import { DELETE_GRACE_MS } from './batch-table.ts';
import type { JournalState } from './journal-state.ts';
import type { ClaimTable } from './claim-table.ts';

/** So long everybody has to read that an id is free, before the journal forgets it. */
const FREE_CLAIM_RETENTION_MS: Millis = 60_000;
/** So long a node has to erase its bags. */
const ABANDONED_AFTER_MS: Millis = 3 * DELETE_GRACE_MS;
/** After so many leases nobody comes back: what a node had claimed is free. */
const DEAD_NODE_RETENTION_LEASES = 20;
const MAX_RELEASES = 200;

/** Forgets what nobody asks for any more. One node does it in the journal, each in its own ledger. */
export function collectGarbage(seats: ClaimTable, lease: Millis): void {
  const { state, deleter } = seats.journal;
  const isWarden = state.isLeader();
  const erase = (revisions: readonly number[]): void => {
    if (isWarden) for (const revision of revisions) deleter.delete(revision);
  };
  state.evictResults();
  collectIds(state, isWarden, erase);
  for (const [revision, { author }] of state.batches.takeAbandoned(state.now - ABANDONED_AFTER_MS))
    {if (!state.isAlive(author)) erase([revision]);}
  if (isWarden) collectNodes(seats, state.now - DEAD_NODE_RETENTION_LEASES * lease);
}

function collectIds(ledger: JournalState, isWarden: boolean, erase: (revisions: readonly number[]) => void): void {
  const since = ledger.now - FREE_CLAIM_RETENTION_MS;
  // Where the warden has gone, the next one has to know of it.
  const isDue = (at: Millis): boolean => isWarden || at < since - FREE_CLAIM_RETENTION_MS;
  for (const [id, { olderRevisions, revision, at }] of ledger.freeClaimsSince(since)) {
    // Who begins to read must not find what was replaced without what has replaced it.
    erase(olderRevisions.length > 0 ? olderRevisions : [revision]);
    if (isWarden && olderRevisions.length > 0) ledger.clearOlderRevisions(id);
    else if (isDue(at)) ledger.removeFreeClaim(id);
  }
  for (const [id, { revisions, at }] of ledger.removalsSince(since)) {
    erase(revisions);
    if (isDue(at)) ledger.forgetRemoval(id);
  }
}

function collectNodes(seats: ClaimTable, since: Millis): void {
  const { state, deleter } = seats.journal;
  let count = 0;
  for (const [id, { owner }] of state.claimsOfNodesDeadSince(since)) {
    if (++count > MAX_RELEASES) return;
    if (owner !== undefined) void seats.update(id, (now) => now.released(id, owner));
  }
  for (const [node, revision] of state.deadNodes(since)) {
    if (revision !== undefined) deleter.delete(revision);
    state.removeNode(node);
  }
}
