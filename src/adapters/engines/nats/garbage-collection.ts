import type { Millis } from '../../../domain/time.ts';
import { DELETE_GRACE_MS } from './batch-table.ts';
import type { JournalState } from './journal-state.ts';
import type { ClaimTable } from './claim-table.ts';

/** The entry of a released id is deleted after this time, so that all nodes have read it. */
const FREE_CLAIM_RETENTION_MS: Millis = 60_000;
/** Consumed batches that their author has not deleted after this time are deleted by the leader. */
const ABANDONED_AFTER_MS: Millis = 3 * DELETE_GRACE_MS;
/** Claims of a node that has been dead for this number of leases are released. */
const DEAD_NODE_RETENTION_LEASES = 20;
const MAX_RELEASES = 200;

/** Deletes obsolete entries. The leader deletes them in the journal; every node drops them from its own state. */
export function collectGarbage(table: ClaimTable, lease: Millis): void {
  const { state, deleter } = table.journal;
  const isLeader = state.isLeader();
  const deleteEntries = (revisions: readonly number[]): void => {
    if (isLeader) for (const revision of revisions) deleter.delete(revision);
  };
  state.evictResults();
  collectIds(state, isLeader, deleteEntries);
  for (const [revision, { author }] of state.batches.takeAbandoned(state.now - ABANDONED_AFTER_MS)) {
    if (!state.isAlive(author)) deleteEntries([revision]);
  }
  if (isLeader) collectNodes(table, state.now - DEAD_NODE_RETENTION_LEASES * lease);
}

function collectIds(state: JournalState, isLeader: boolean, deleteEntries: (revisions: readonly number[]) => void): void {
  const since = state.now - FREE_CLAIM_RETENTION_MS;
  // The other nodes keep the entry longer, because one of them may become the leader.
  const isDue = (at: Millis): boolean => isLeader || at < since - FREE_CLAIM_RETENTION_MS;
  for (const [id, { olderRevisions, revision, at }] of state.freeClaimsSince(since)) {
    // A node that starts to read must not find a replaced entry without its replacement.
    deleteEntries(olderRevisions.length > 0 ? olderRevisions : [revision]);
    if (isLeader && olderRevisions.length > 0) state.clearOlderRevisions(id);
    else if (isDue(at)) state.removeFreeClaim(id);
  }
  for (const [id, { revisions, at }] of state.removalsSince(since)) {
    deleteEntries(revisions);
    if (isDue(at)) state.forgetRemoval(id);
  }
}

function collectNodes(table: ClaimTable, since: Millis): void {
  const { state, deleter } = table.journal;
  let count = 0;
  for (const [id, { owner }] of state.claimsOfNodesDeadSince(since)) {
    if (++count > MAX_RELEASES) return;
    if (owner !== undefined) void table.update(id, (current) => current.released(id, owner));
  }
  for (const [node, revision] of state.deadNodes(since)) {
    if (revision !== undefined) deleter.delete(revision);
    state.removeNode(node);
  }
}
