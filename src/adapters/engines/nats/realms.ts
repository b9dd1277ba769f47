import { invariant } from '../../../domain/invariant.ts';
import type { RealmKey } from '../../../domain/ids.ts';
import type { Seats } from './seats.ts';

/** The realms of the cluster, as one node has them. */
export class Realms {
  readonly #all: ReadonlyMap<RealmKey, Seats>;

  constructor(all: ReadonlyMap<RealmKey, Seats>) {
    this.#all = all;
  }

  all(): readonly Seats[] {
    return [...this.#all.values()];
  }

  entries(): readonly (readonly [RealmKey, Seats])[] {
    return [...this.#all];
  }

  of(realm: RealmKey): Seats {
    const seats = this.#all.get(realm);
    invariant(seats !== undefined, 'every realm has a journal');
    return seats;
  }
}
