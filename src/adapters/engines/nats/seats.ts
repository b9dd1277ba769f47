import type { PeerId } from '../../../domain/ids.ts';
import { writeSeat, type Seat } from './entries.ts';
import type { Journal } from './journal.ts';
import { seatKey } from './keys.ts';
import type { Ledger } from './ledger.ts';

/** 'failed' where the engine would not, or could not. */
export type Changed = 'changed' | 'left' | 'failed';

/** What a seat is to become, as the ledger stands; undefined where nothing is to change. */
export type Decide = (ledger: Ledger) => Promise<Omit<Seat, 'by'> | undefined> | Omit<Seat, 'by'> | undefined;

/**
 * What one node does to the seats of a realm: each change names the state that it was made for, and is made again where that
 * has changed meanwhile.
 */
export class Seats {
  readonly journal: Journal;
  /** Of each id that is being changed, the change after which the next may begin. */
  readonly #lanes = new Map<PeerId, Promise<unknown>>();

  constructor(journal: Journal) {
    this.journal = journal;
  }

  /**
   * Changes one seat; changes of one id happen one after the other.
   * @param decide is asked again after each change that somebody else has made meanwhile.
   */
  change(id: PeerId, decide: Decide): Promise<Changed> {
    const before = this.#lanes.get(id) ?? this.journal.ready;
    const change = before.then(() => this.#change(id, decide)).catch((error: unknown) => this.#fail(error));
    this.#lanes.set(id, change);
    void change.finally(() => {
      if (this.#lanes.get(id) === change) this.#lanes.delete(id);
    });
    return change;
  }

  /** Whether a change of an id is under way. */
  isChanging(id: PeerId): boolean {
    return this.#lanes.has(id);
  }

  /** Resolves when every change is made that was asked for before. */
  async settled(): Promise<void> {
    await Promise.all(this.#lanes.values());
    await this.journal.ready;
  }

  async #change(id: PeerId, decide: Decide): Promise<Changed> {
    const { journal } = this;
    let known: number | undefined;
    for (;;) {
      // What a connection has said counts, if it was said before it went.
      await journal.posted();
      await journal.ready;
      const { ledger } = journal;
      const before = ledger.seat(id)?.revision;
      const seat = await decide(ledger);
      if (seat === undefined) return 'left';
      // It was decided for a state that is gone.
      if (ledger !== journal.ledger || ledger.seat(id)?.revision !== before) continue;
      const expected = known ?? before ?? 0;
      const by = journal.nextTicket();
      const appended = await journal.append({
        key: seatKey(id),
        body: writeSeat({ ...seat, by }, journal.stamp),
        expected,
        ticket: by,
      });
      if (appended === 'failed') return 'failed';
      const revision = 'at' in appended ? appended.at : appended.instead;
      await journal.reads(revision);
      const now = journal.ledger.seat(id);
      // Whose answer was lost was written all the same.
      if ('at' in appended || now?.by === by) return 'changed';
      // What was erased is not in the way, and what this node has forgotten is.
      known = now?.revision === revision ? undefined : revision;
    }
  }

  #fail(error: unknown): Changed {
    this.journal.onFault(error);
    return 'failed';
  }
}
