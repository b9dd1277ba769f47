import type { PeerIds } from '../../application/ports/peer-ids.ts';

/** Ids that the embedding program makes (`generateClientId` of `peer`). */
export class SuppliedPeerIds implements PeerIds {
  readonly #make: () => string;

  constructor(make: () => string) {
    this.#make = make;
  }

  generate(): string {
    return this.#make();
  }
}
