import type { Millis } from '../../../domain/time.ts';
import { inSlices } from '../shared/slices.ts';
import { DELETE_GRACE_MS } from './batch-table.ts';
import type { JournalState } from './journal-state.ts';
import type { ClaimTable } from './claim-table.ts';

/** The entry of a released id is deleted after this time, so that all nodes have read it. */
const FREE_CLAIM_RETENTION_MS: Millis = 60_000;
/** Consumed batches that their author has not deleted after this time are deleted by the leader. */
const ABANDONED_AFTER_MS: Millis = 3 * DELETE_GRACE_MS;
/** Claims of a node that has been dead for this number of leases are released. */
const DEAD_NODE_RETENTION_LEASES = 20;
/** Claims of dead nodes that one run releases, and those among them that are written at a time. */
const MAX_RELEASES = 200;
const RELEASES_AT_ONCE = 20;
/** Ids that are checked in one turn of the event loop. */
const SLICE_SIZE = 1_000;

/**
 * Deletes obsolete entries of a journal. The leader deletes them in the journal; every node drops them from its own state. A run
 * checks all ids of the realm, in slices, so that a large realm does not block the process.
 */
export class GarbageCollector {
  readonly #table: ClaimTable;
  readonly #lease: Millis;
  #isRunning = false;

  constructor(table: ClaimTable, lease: Millis) {
    this.#table = table;
    this.#lease = lease;
  }

  /** Does nothing during another run. */
  async run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const { journal } = this.#table;
    await this.#collect(journal.state).catch(journal.onFault);
    this.#isRunning = false;
  }

  async #collect(state: JournalState): Promise<void> {
    state.evictResults();
    for (const [revision, { author }] of state.batches.takeAbandoned(state.now - ABANDONED_AFTER_MS)) {
      if (!state.isAlive(author)) this.#deleteEntries(state, [revision]);
    }
    await this.#collectIds(state);
    if (state.isLeader()) await this.#collectNodes(state, state.now - DEAD_NODE_RETENTION_LEASES * this.#lease);
  }

  /** Only the leader deletes entries, and no node after a new stream or a new reading has replaced the state. */
  #deleteEntries(state: JournalState, revisions: readonly number[]): void {
    const { journal } = this.#table;
    if (state === journal.state && state.isLeader()) for (const revision of revisions) journal.deleter.delete(revision);
  }

  async #collectIds(state: JournalState): Promise<void> {
    const since = state.now - FREE_CLAIM_RETENTION_MS;
    const isLeader = state.isLeader();
    // The other nodes keep the entry longer, because one of them may become the leader.
    const isDue = (at: Millis): boolean => isLeader || at < since - FREE_CLAIM_RETENTION_MS;
    for await (const ids of inSlices(state.freeIds(), SLICE_SIZE)) {
      for (const id of ids) {
        const claim = state.freeClaimBefore(id, since);
        if (claim === undefined) continue;
        const { olderRevisions, revision, at } = claim;
        // A node that starts to read must not find a replaced entry without its replacement.
        this.#deleteEntries(state, olderRevisions.length > 0 ? olderRevisions : [revision]);
        if (isLeader && olderRevisions.length > 0) state.clearOlderRevisions(id);
        else if (isDue(at)) state.removeFreeClaim(id);
      }
    }
    for await (const ids of inSlices(state.removedIds(), SLICE_SIZE)) {
      for (const id of ids) {
        const removal = state.removalBefore(id, since);
        if (removal === undefined) continue;
        this.#deleteEntries(state, removal.revisions);
        if (isDue(removal.at)) state.forgetRemoval(id);
      }
    }
  }

  async #collectNodes(state: JournalState, since: Millis): Promise<void> {
    const dead = state.leases.deadSince(since);
    if (dead.length === 0) return;
    let count = 0;
    for await (const claims of inSlices(state.ownedIds(), SLICE_SIZE)) {
      const orphans = claims.filter(([, { node }]) => state.leases.endOf(node) < since);
      while (orphans.length > 0) {
        const some = orphans.splice(0, RELEASES_AT_ONCE);
        await Promise.all(some.map(([id, owner]) => this.#table.update(id, (current) => current.released(id, owner))));
        count += some.length;
        if (count >= MAX_RELEASES) return;
      }
    }
    for (const [node, revision] of dead) {
      if (revision !== undefined) this.#deleteEntries(state, [revision]);
      state.leases.remove(node);
    }
  }
}
