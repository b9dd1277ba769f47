import { invariant } from '../../../domain/invariant.ts';
import type { RealmKey } from '../../../domain/ids.ts';
import type { ClaimTable } from './claim-table.ts';

/** The claim tables of all realms. */
export class ClaimTables {
  readonly #all: ReadonlyMap<RealmKey, ClaimTable>;

  constructor(all: ReadonlyMap<RealmKey, ClaimTable>) {
    this.#all = all;
  }

  all(): readonly ClaimTable[] {
    return [...this.#all.values()];
  }

  entries(): readonly (readonly [RealmKey, ClaimTable])[] {
    return [...this.#all];
  }

  of(realm: RealmKey): ClaimTable {
    const table = this.#all.get(realm);
    invariant(table !== undefined, 'every realm has a journal');
    return table;
  }
}
