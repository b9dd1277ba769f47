import type { PeerId } from '../../../domain/ids.ts';
import { encodeClaim, type ClaimEntry } from './entries.ts';
import type { Journal } from './journal.ts';
import { claimKey } from './keys.ts';
import type { JournalState } from './journal-state.ts';

/** 'failed' where the engine would not, or could not. */
export type UpdateResult = 'changed' | 'left' | 'failed';

/** What a seat is to become, as the ledger stands; undefined where nothing is to change. */
export type DecideClaim = (
  ledger: JournalState,
) => Promise<Omit<ClaimEntry, 'changeId'> | undefined> | Omit<ClaimEntry, 'changeId'> | undefined;

/**
 * What one node does to the seats of a realm: each change names the state that it was made for, and is made again where that
 * has changed meanwhile.
 */
export class ClaimTable {
  readonly journal: Journal;
  /** Of each id that is being changed, the change after which the next may begin. */
  readonly #updates = new Map<PeerId, Promise<unknown>>();

  constructor(journal: Journal) {
    this.journal = journal;
  }

  /**
   * Changes one seat; changes of one id happen one after the other.
   * @param decide is asked again after each change that somebody else has made meanwhile.
   */
  update(id: PeerId, decide: DecideClaim): Promise<UpdateResult> {
    const before = this.#updates.get(id) ?? this.journal.ready;
    const change = before.then(() => this.#update(id, decide)).catch((error: unknown) => this.#fail(error));
    this.#updates.set(id, change);
    void change.finally(() => {
      if (this.#updates.get(id) === change) this.#updates.delete(id);
    });
    return change;
  }

  /** Whether a change of an id is under way. */
  isUpdating(id: PeerId): boolean {
    return this.#updates.has(id);
  }

  /** Resolves when every change is made that was asked for before. */
  async settled(): Promise<void> {
    await Promise.all(this.#updates.values());
    await this.journal.ready;
  }

  async #update(id: PeerId, decide: DecideClaim): Promise<UpdateResult> {
    const { journal } = this;
    let known: number | undefined;
    for (;;) {
      // What a connection has said counts, if it was said before it went.
      await journal.flush();
      await journal.ready;
      const { state } = journal;
      const before = state.claim(id)?.revision;
      const seat = await decide(state);
      if (seat === undefined) return 'left';
      // It was decided for a state that is gone.
      if (state !== journal.state || state.claim(id)?.revision !== before) continue;
      const expectedRevision = known ?? before ?? 0;
      const changeId = journal.nextMessageId();
      const appended = await journal.append({
        key: claimKey(id),
        body: encodeClaim({ ...seat, changeId }, journal.timeOverride),
        expectedRevision,
        messageId: changeId,
      });
      if (appended === 'failed') return 'failed';
      const revision = 'at' in appended ? appended.at : appended.instead;
      await journal.waitFor(revision);
      const now = journal.state.claim(id);
      // Whose answer was lost was written all the same.
      if ('at' in appended || now?.changeId === changeId) return 'changed';
      // What was erased is not in the way, and what this node has forgotten is.
      known = now?.revision === revision ? undefined : revision;
    }
  }

  #fail(error: unknown): UpdateResult {
    this.journal.onFault(error);
    return 'failed';
  }
}
