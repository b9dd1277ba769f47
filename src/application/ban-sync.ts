import type { Ban, BanTable } from '../domain/bans.ts';
import type { Clock } from './ports/clock.ts';
import type { BanSnapshot, ClusterRecords, StoredBan } from './ports/cluster-records.ts';
import type { NodeBus } from './ports/node-bus.ts';
import type { CloseBanned } from './use-cases/close-banned.ts';

export interface BanSyncParts {
  readonly bans: BanTable;
  readonly records: ClusterRecords;
  readonly bus: NodeBus;
  readonly closeBanned: CloseBanned;
  readonly clock: Clock;
}

/** Receives the number of closed connections; undefined if the bans could not be read. */
type SyncDone = (closed: number | undefined) => void;

/** ADM15: keeps the bans of this node like those of the cluster, and closes the connections of clients that are banned now. */
export class BanSync {
  readonly #parts: BanSyncParts;
  #revision: string | undefined;
  /** Callers that wait for a reading that has not begun. */
  #waiting: SyncDone[] = [];
  #isReading = false;

  constructor(parts: BanSyncParts) {
    this.#parts = parts;
  }

  /** A reading that has begun may be older than the call, so that the caller waits for the next one. */
  sync(done: SyncDone = () => undefined): void {
    this.#waiting.push(done);
    if (!this.#isReading) this.#readNext();
  }

  #readNext(): void {
    const waiting = this.#waiting.splice(0);
    if (waiting.length === 0) return;
    const finish: SyncDone = (closed) => {
      this.#isReading = false;
      for (const done of waiting) done(closed);
      if (!this.#isReading) this.#readNext();
    };
    const { bus, records } = this.#parts;
    if (!bus.isReachable) return finish(undefined);
    this.#isReading = true;
    records.readBans(this.#revision, (outcome) => {
      if (outcome === 'unavailable') finish(undefined);
      else if (outcome === 'unchanged') finish(0);
      else this.#apply(outcome, finish);
    });
  }

  #apply({ revision, bans: stored }: BanSnapshot, done: SyncDone): void {
    const { bans, closeBanned, clock } = this.#parts;
    const now = clock.now();
    const known = bans.all(now);
    // The engine has lost its data: this node stores its bans again.
    if (revision === undefined && known.length > 0) return this.#restore(known, () => done(0));
    this.#revision = revision;
    const hasNew = bans.replaceAll(
      stored.map(({ endsIn, ...ban }) => ({ ...ban, endsAt: now + endsIn })),
      now,
    );
    if (hasNew) closeBanned(done);
    else done(0);
  }

  /** One after the other, so that thousands of bans do not fill the queue of the engine. */
  #restore(bans: readonly Ban[], done: () => void, at = 0): void {
    const { records, clock } = this.#parts;
    const ban = bans[at];
    if (ban === undefined) return done();
    records.putBan(storedBan(ban, clock.now()), (outcome) => {
      if (outcome === 'unavailable') done();
      else this.#restore(bans, done, at + 1);
    });
  }
}

export function storedBan({ endsAt, ...ban }: Ban, now: number): StoredBan {
  return { ...ban, endsIn: endsAt - now };
}
