import type { PeerIds } from '../../application/ports/peer-ids.ts';

/** Ids from the embedding program (`generateClientId` of `peer`). */
export class SuppliedPeerIds implements PeerIds {
  readonly #make: () => string;

  constructor(make: () => string) {
    this.#make = make;
  }

  generate(): string {
    return this.#make();
  }
}
