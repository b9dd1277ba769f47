import type { PeerId } from '../../../domain/ids.ts';
import { encodeClaim, type ClaimEntry } from './entries.ts';
import type { Journal } from './journal.ts';
import { claimKey } from './keys.ts';
import { RequestError } from './request-error.ts';
import type { JournalState } from './journal-state.ts';

/** `failed`: NATS rejected the write, or did not confirm it. */
export type UpdateResult = 'changed' | 'unchanged' | 'failed';

/** The new claim for the current state; undefined to change nothing. */
export type DecideClaim = (
  state: JournalState,
) => Promise<Omit<ClaimEntry, 'changeId'> | undefined> | Omit<ClaimEntry, 'changeId'> | undefined;

/** Updates the claims of a realm by compare-and-set. An update that finds a changed claim is decided again. */
export class ClaimTable {
  readonly journal: Journal;
  /** For each id with an update in progress, the last update. The next one waits for it. */
  readonly #updates = new Map<PeerId, Promise<unknown>>();

  constructor(journal: Journal) {
    this.journal = journal;
  }

  /**
   * Updates one claim. Updates of one id run one after the other.
   * @param decide is called again after each concurrent change of another node.
   */
  update(id: PeerId, decide: DecideClaim): Promise<UpdateResult> {
    const before = this.#updates.get(id) ?? this.journal.ready;
    const change = before.then(() => this.#update(id, decide)).catch((error: unknown) => this.#fail(id, error));
    this.#updates.set(id, change);
    void change.finally(() => {
      if (this.#updates.get(id) === change) this.#updates.delete(id);
    });
    return change;
  }

  /** Whether an update of an id is in progress. */
  isUpdating(id: PeerId): boolean {
    return this.#updates.has(id);
  }

  /** Resolves when all earlier updates are done. */
  async settled(): Promise<void> {
    await Promise.all(this.#updates.values());
    await this.journal.ready;
  }

  async #update(id: PeerId, decide: DecideClaim): Promise<UpdateResult> {
    const { journal } = this;
    let known: number | undefined;
    for (;;) {
      // Messages that a connection sent before it released its id must precede the release in the journal.
      await journal.flush();
      await journal.ready;
      const { state } = journal;
      const before = state.claim(id)?.revision;
      const claim = await decide(state);
      if (claim === undefined) return 'unchanged';
      // The decision was made for an outdated state.
      if (state !== journal.state || state.claim(id)?.revision !== before) continue;
      const expectedRevision = known ?? before ?? 0;
      const changeId = journal.nextMessageId();
      const result = await journal.append({
        key: claimKey(id),
        body: encodeClaim({ ...claim, changeId }, journal.timeOverride),
        expectedRevision,
        messageId: changeId,
      });
      if (result === 'failed') return 'failed';
      const revision = 'revision' in result ? result.revision : result.conflict;
      await journal.waitFor(revision);
      const now = journal.state.claim(id);
      // A write whose reply was lost may have succeeded.
      if ('revision' in result || now?.changeId === changeId) return 'changed';
      // A deleted entry does not conflict. One that this node no longer keeps does, so its revision is expected next time.
      known = now?.revision === revision ? undefined : revision;
    }
  }

  #fail(id: PeerId, error: unknown): UpdateResult {
    this.journal.onFault(new RequestError(`update the claim of ${JSON.stringify(id)}`, error));
    return 'failed';
  }
}
