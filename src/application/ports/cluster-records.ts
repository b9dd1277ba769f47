import type { Ban } from '../../domain/bans.ts';
import type { NodeId } from '../../domain/ids.ts';
import type { Millis } from '../../domain/time.ts';

/** ADM15: a ban in the engine. `endsIn`: the time until its end, because each node has its own clock; NEVER without one. */
export interface StoredBan extends Omit<Ban, 'endsAt'> {
  readonly endsIn: Millis;
}

/** All bans that have not ended. `revision`: undefined if the engine has never had a ban, or has lost its data. */
export interface BanSnapshot {
  readonly revision: string | undefined;
  readonly bans: readonly StoredBan[];
}

/** Bans that are kept at most, in addition to the limits of each node (ADM4). */
export const MAX_STORED_BANS = 11_000;

/** The state of a cluster for operators. Each callback is called once, from inside the call or later. */
export interface ClusterRecords {
  /** The nodes with a valid lease, in no fixed order. The callback may be called after an outage: the caller limits the wait. */
  nodes(answer: (nodes: readonly NodeId[]) => void): void;
  /** Stores a ban until its end, in place of one with the same id. `full`: there are MAX_STORED_BANS others. */
  putBan(ban: StoredBan, answer: (outcome: 'done' | 'full' | 'unavailable') => void): void;
  /** Has no effect if there is no such ban. */
  removeBan(id: string, answer: (outcome: 'done' | 'unavailable') => void): void;
  /** @param known the revision that the caller has read; the answer is `unchanged` if no ban was stored or removed since. */
  readBans(known: string | undefined, answer: (outcome: BanSnapshot | 'unchanged' | 'unavailable') => void): void;
}
