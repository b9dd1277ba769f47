import type { Realms } from '../../domain/realms.ts';
import type { PeerIds } from '../ports/peer-ids.ts';
import type { HttpOutcome } from '../ports/requests.ts';

/** Gives out an id that nobody in the realm has. */
export type IssuePeerId = (key: string) => HttpOutcome;

// A source of ids that keeps giving taken ones is broken; asking on would hang everybody.
const ATTEMPTS = 100;

/** H2. @throws when the source of ids gave only taken ones. */
export function issuePeerId({ realms, peerIds }: { readonly realms: Realms; readonly peerIds: PeerIds }): IssuePeerId {
  return (key) => {
    const realm = realms.find(key);
    if (realm === undefined) return { gave: 'refusal', reason: 'key-unknown' };
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const id = peerIds.fresh();
      if (!realm.has(id)) return { gave: 'peer-id', id };
    }
    throw new Error(`the source of peer ids gave ${ATTEMPTS} ids in a row that are taken`);
  };
}
