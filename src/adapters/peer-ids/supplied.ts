import { inspect } from 'node:util';
import type { PeerIds } from '../../application/ports/peer-ids.ts';

/** Ids from the embedding program (`generateClientId` of `peer`). */
export class SuppliedPeerIds implements PeerIds {
  readonly #make: () => unknown;

  /** @param make programs without types may return any value. */
  constructor(make: () => unknown) {
    this.#make = make;
  }

  /** @throws TypeError for a value that is not a string. */
  generate(): string {
    const id = this.#make();
    if (typeof id === 'string') return id;
    throw new TypeError(`generateClientId returned ${inspect(id, { depth: 0 })}; it must return a string`);
  }
}
