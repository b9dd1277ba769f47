import type { Realms } from '../../domain/realms.ts';
import { generatePeerId } from '../generate-peer-id.ts';
import type { PeerIds } from '../ports/peer-ids.ts';
import type { HttpOutcome } from '../ports/requests.ts';

/** Issues an id that is free in the realm of a key. */
export type IssuePeerId = (request: { readonly key: string }, answer: (outcome: HttpOutcome) => void) => void;

/**
 * H2: an unknown key gets an id too, because the stock client shows no reason if this request fails. The refusal of its
 * socket has one (O2).
 * @throws if the source of ids returns taken ids only.
 */
export function issuePeerId({ realms, peerIds }: { readonly realms: Realms; readonly peerIds: PeerIds }): IssuePeerId {
  return ({ key }, answer) => {
    const realm = realms.find(key);
    answer({ kind: 'peer-id', id: realm === undefined ? peerIds.generate() : generatePeerId(realm, peerIds) });
  };
}
