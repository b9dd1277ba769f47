import type { Realm } from '../domain/realm.ts';
import type { PeerIds } from './ports/peer-ids.ts';

// A source that returns only taken ids is broken. Without a bound, the loop would block the process.
const ATTEMPTS = 100;

/** H2, T9: generates an id that is free in the realm. @throws if all attempts gave taken ids. */
export function generatePeerId(realm: Realm, peerIds: PeerIds): string {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const id = peerIds.generate();
    if (!realm.has(id)) return id;
  }
  throw new Error(`the source of peer ids returned ${ATTEMPTS} ids in a row that are taken: it must return unique ids`);
}
