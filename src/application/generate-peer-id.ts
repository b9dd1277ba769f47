import type { Realm } from '../domain/realm.ts';
import type { PeerIds } from './ports/peer-ids.ts';

// A source of ids that keeps giving taken ones is broken; asking on would hang everybody.
const ATTEMPTS = 100;

/** H2, T9: an id that nobody in the realm has. @throws when the source of ids gave only taken ones. */
export function generatePeerId(realm: Realm, peerIds: PeerIds): string {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const id = peerIds.generate();
    if (!realm.has(id)) return id;
  }
  throw new Error(`the source of peer ids gave ${ATTEMPTS} ids in a row that are taken`);
}
