import type { Clock } from '../../../application/ports/clock.ts';
import {
  MAX_STORED_BANS,
  type BanSnapshot,
  type ClusterRecords,
  type StoredBan,
} from '../../../application/ports/cluster-records.ts';
import type { NodeId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';

/** Records in memory: for a single broker, or shared by the nodes of a simulated cluster. */
export class MemoryClusterRecords implements ClusterRecords {
  readonly #clock: Clock;
  readonly #nodes: () => readonly NodeId[];
  readonly #bans = new Map<string, { readonly ban: StoredBan; readonly endsAt: Millis }>();
  #changes = 0;
  #revision: string | undefined;

  /** @param nodes the nodes with a valid lease. */
  constructor(clock: Clock, nodes: () => readonly NodeId[]) {
    this.#clock = clock;
    this.#nodes = nodes;
  }

  nodes(answer: (nodes: readonly NodeId[]) => void): void {
    answer(this.#nodes());
  }

  putBan(ban: StoredBan, answer: (outcome: 'done' | 'full') => void): void {
    this.#removeEnded();
    if (!this.#bans.has(ban.id) && this.#bans.size >= MAX_STORED_BANS) return answer('full');
    this.#bans.set(ban.id, { ban, endsAt: this.#clock.now() + ban.endsIn });
    this.#change(ban.id);
    answer('done');
  }

  removeBan(id: string, answer: (outcome: 'done') => void): void {
    this.#bans.delete(id);
    this.#change(id);
    answer('done');
  }

  readBans(known: string | undefined, answer: (outcome: BanSnapshot | 'unchanged') => void): void {
    this.#removeEnded();
    const revision = this.#revision;
    if (revision !== undefined && revision === known) return answer('unchanged');
    const now = this.#clock.now();
    answer({ revision, bans: [...this.#bans.values()].map(({ ban, endsAt }) => ({ ...ban, endsIn: endsAt - now })) });
  }

  /** Records that have lost their data do not repeat a revision. */
  #change(id: string): void {
    this.#changes += 1;
    this.#revision = `${this.#changes} ${id}`;
  }

  #removeEnded(): void {
    const now = this.#clock.now();
    for (const [id, { endsAt }] of this.#bans) if (endsAt <= now) this.#bans.delete(id);
  }
}
